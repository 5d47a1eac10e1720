import type { CompletionInfo } from 'tslab/dist/converter';
import type { Completion } from '../contract';

/** tslab's candidates with the kind of each (`function`, `property`, ...). */
export function completionOf(info: CompletionInfo, offset: number): Completion {
  const kinds = new Map<string, string>();
  for (const { name, kind } of info.original?.entries ?? []) kinds.set(name, kind);
  const matches = info.candidates;
  return {
    matches,
    start: Math.min(info.start, offset),
    end: Math.max(info.end, offset),
    types: matches.map((name) => kinds.get(name) ?? ''),
  };
}
