import type { Row } from '../table';

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How many points ran, in part, while another one did on the same machine. */
export function besideOthers(rows: readonly Pick<Row, 'facts'>[]): number {
  const byHost = new Map<string, Span[]>();
  for (const { facts } of rows) {
    if (facts === null) continue;
    const fromMs = Date.parse(facts.startedAt);
    const span = { fromMs, toMs: fromMs + 1000 * facts.cellsS };
    byHost.set(facts.host, [...(byHost.get(facts.host) ?? []), span]);
  }
  return [...byHost.values()].reduce((sum, spans) => sum + overlapping(spans), 0);
}

function overlapping(spans: readonly Span[]): number {
  const sorted = spans.toSorted((a, b) => a.fromMs - b.fromMs);
  let [latest, count] = [-Infinity, 0];
  sorted.forEach(({ fromMs, toMs }, i) => {
    const next = sorted[i + 1];
    if (fromMs < latest || (next !== undefined && next.fromMs < toMs)) count++;
    latest = Math.max(latest, toMs);
  });
  return count;
}
