import { hashOf } from '../../hashing/canonical';
import type { Report } from '../schema';

/**
 * What of the machine differs so that joules can't be compared, in words. The system's version isn't
 * among it: that is what `halfnote diff` shows.
 */
export function otherMachine(before: Report['hardware'], after: Report['hardware']): string[] {
  const differing = (name: string, a: unknown, b: unknown): string[] =>
    hashOf(a) === hashOf(b) ? [] : [`${name}: ${text(a)} in the report, ${text(b)} here`];
  const gpus = ({ gpus: all }: Report['hardware']): string =>
    all.map(({ name }) => name).join(', ') || 'none';
  return [
    ...differing('processor', before.cpu.model, after.cpu.model),
    ...differing('threads', before.cpu.threads, after.cpu.threads),
    ...differing('memory', gigabytes(before.memoryBytes), gigabytes(after.memoryBytes)),
    ...differing('GPU', gpus(before), gpus(after)),
  ];
}

/** What the kernel keeps for itself differs from boot to boot. */
function gigabytes(bytes: number): string {
  return `${Math.round(bytes / 1e9)} GB`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
