import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readBootId, readStat } from '../accounts/proc';
import { JOURNAL_SCHEMA, type JournalHeader } from './records';

/** The header of a journal that this process writes. */
export function journalHeader(): JournalHeader {
  const threads = cpus();
  return {
    kind: 'header',
    schema: JOURNAL_SCHEMA,
    version: ownVersion(),
    node: process.version,
    process: {
      pid: process.pid,
      startTicks: startTicks(process.pid) ?? null,
      bootId: readBootId('/proc') ?? null,
    },
    host: {
      os: `${type()} ${release()}`,
      arch: arch(),
      cpu: threads[0]?.model ?? 'unknown',
      threads: threads.length,
      memoryBytes: totalmem(),
    },
  };
}

/** Whether the process that wrote the header is still there, and is another one than this. */
export function isAliveElsewhere({
  process: { pid, startTicks: ticks, bootId: boot },
}: JournalHeader): boolean {
  if (pid === process.pid) return false;
  const now = startTicks(pid);
  // Where nothing tells processes of one number apart, a number alone says nothing.
  return now !== undefined && now === ticks && readBootId('/proc') === boot;
}

/** Of Linux; undefined elsewhere, and of a process that isn't there. */
function startTicks(pid: number): number | undefined {
  return readStat('/proc', pid)?.startTicks;
}

function ownVersion(): string {
  const json = content(join(__dirname, '../../../package.json')) ?? '{}';
  const found = z.object({ version: z.string() }).safeParse(JSON.parse(json));
  return found.data?.version ?? 'unknown';
}

function content(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
