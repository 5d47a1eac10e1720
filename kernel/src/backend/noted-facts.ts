import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DeviceFacts } from './contract';

/** Names the file in which each process that loads a backend notes which: a line of JSON each. */
export const FACTS_VARIABLE = 'HALFNOTE_BACKEND_FACTS';

const noted = z.object({
  engine: z.enum(['tensorflow', 'wasm']),
  version: z.string(),
  /** For example `TensorFlow 2.21.0 (oneDNN)`. */
  name: z.string(),
  device: z.string(),
  nativeFormats: z.array(z.string()),
});

/** What computed, as the process that ran it has said. */
export type NotedFacts = Readonly<z.infer<typeof noted>>;

/** Notes the backend that was loaded, where somebody asks for it. */
export function noteFacts(facts: DeviceFacts, path = process.env[FACTS_VARIABLE]): void {
  if (path === undefined) return;
  const line: NotedFacts = {
    engine: facts.engine,
    version: facts.engineVersion,
    name: facts.formats.fp32.engine,
    device: facts.deviceName,
    nativeFormats: Object.entries(facts.formats).flatMap(([format, { execution }]) =>
      execution === 'native' ? [format] : [],
    ),
  };
  try {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  } catch {
    // Who asks finds nothing; what computes goes on.
  }
}

/** Each backend that was noted in a file, once; none where there is no file. */
export function readNotedFacts(path: string): NotedFacts[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return [...new Set(lines)].flatMap((line) => factsIn(line) ?? []);
}

/** Undefined for a line that a full disk or the end of a process cut short. */
function factsIn(line: string): NotedFacts | undefined {
  try {
    return noted.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
