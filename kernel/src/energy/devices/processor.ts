import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The processor as the system tells it. */
export interface ProcessorFacts {
  /** Empty where the system doesn't say, as on most ARM. */
  readonly modelName: string;
  readonly threads: number;
  readonly sockets: number;
  /** In a virtual machine: then the threads are a share of a socket. */
  readonly isVirtual: boolean;
}

/** From `proc`, elsewhere than on Linux from the system's own call. Where nothing can be read, nothing is known. */
export function readProcessor(proc = '/proc'): ProcessorFacts {
  if (process.platform !== 'linux' && proc === '/proc') {
    const threads = cpus();
    const modelName = threads[0]?.model ?? '';
    return { modelName, threads: threads.length, sockets: 1, isVirtual: false };
  }
  const text = readOrEmpty(`${proc}/cpuinfo`);
  const values = (key: string): string[] =>
    [...text.matchAll(new RegExp(`^${key}[ \\t]*: *(.*)$`, 'gm'))].map(([, value = '']) => value);
  return {
    modelName: values('model name')[0]?.trim() ?? '',
    threads: values('processor').length,
    sockets: Math.max(1, new Set(values('physical id')).size),
    isVirtual: /\bhypervisor\b/.test(values('flags')[0] ?? ''),
  };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
