/** `2026-11-29T05:13:00.000Z` as BoAmps writes times: `2026-11-29 05:13:00`, in UTC. */
export function dateTimeOf(iso: string): string {
  return iso.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ');
}
