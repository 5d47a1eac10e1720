export interface SlurmScriptOptions {
  /** What starts `halfnote`. */
  readonly command: readonly string[];
  /** The sweep's folder, which all nodes see. */
  readonly folder: string;
  /** Where what tasks print goes. */
  readonly logs: string;
  /** The points to run. */
  readonly indices: readonly number[];
  /** Tasks at a time; undefined: as Slurm sees fit. */
  readonly abreast: number | undefined;
}

/** The script of an array job: a task for each point. What else Slurm is to know stands in its own variables. */
export function slurmScript({
  command,
  folder,
  logs,
  indices,
  abreast,
}: SlurmScriptOptions): string {
  const limit = abreast === undefined ? '' : `%${abreast}`;
  const call = [...command, 'sweep', 'point', folder].map(quoted).join(' ');
  return `#!/bin/bash
#SBATCH --job-name=halfnote-sweep
#SBATCH --array=${ranges(indices)}${limit}
#SBATCH --output=${directive(`${logs}/%a.log`)}
# Partition, time, memory and GPUs: SBATCH_PARTITION, SBATCH_TIMELIMIT, SBATCH_MEM_PER_NODE, SBATCH_GPUS, ...
exec ${call} --index "$SLURM_ARRAY_TASK_ID"
`;
}

/** `0-3,7`: as short as it goes, for arrays of thousands. */
export function ranges(indices: readonly number[]): string {
  const sorted = [...indices].sort((a, b) => a - b);
  const parts: [number, number][] = [];
  for (const index of sorted) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else parts.push([index, index]);
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** For the shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A value of a line that Slurm reads by itself: in double quotes where it has blanks. */
function directive(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}
