export function refusedCases() {
  return [];
}
