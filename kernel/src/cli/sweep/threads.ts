import { availableParallelism } from 'node:os';

/** What of the environment says how many threads compute. */
const VARIABLES = ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS', 'OMP_NUM_THREADS'] as const;

/**
 * The environment of a kernel beside others: together they have as many threads as the machine has cores. What
 * the user has set holds.
 */
export function threadsOf(
  workers: number,
  env: Readonly<Record<string, string | undefined>> = process.env,
  cores: number = availableParallelism(),
): Record<string, string> {
  const threads = String(Math.max(1, Math.floor(cores / workers)));
  return Object.fromEntries(VARIABLES.filter((name) => !env[name]).map((name) => [name, threads]));
}
