import { waitForDevice } from '../energy/device-wait';
import { host } from '../host';
import { onScriptCellEnd } from '../script-cell';

/** A running stopwatch; calling it gives the line that says what passed. */
function stopwatch(): () => string {
  waitForDevice();
  const start = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  return () => {
    waitForDevice();
    const wall = Number(process.hrtime.bigint() - start) / 1e9;
    const { user, system } = process.cpuUsage(cpu);
    const total = duration((user + system) / 1e6);
    return `CPU time: ${total} (user ${duration(user / 1e6)}, system ${duration(system / 1e6)}), all threads\nWall time: ${duration(wall)}`;
  };
}

/**
 * Runs `fn`, awaits its value, and prints the wall and CPU time it took, also when it throws.
 * CPU time is that of the whole process, so it counts all threads.
 */
export async function timed<T>(fn: () => T): Promise<Awaited<T>> {
  const elapsed = stopwatch();
  try {
    return await fn();
  } finally {
    console.log(elapsed());
  }
}

/**
 * Prints the wall and CPU time from now to the end of the cell; in a plain script, to the end of its
 * `scriptCell`, or without one of the process.
 */
export function timeCell(): void {
  const elapsed = stopwatch();
  const print = (): void => {
    console.log(elapsed());
  };
  const notebook = host();
  if (notebook) notebook.onCellEnd(print);
  else if (!onScriptCellEnd(print)) process.once('exit', print);
}

/** A time in seconds with three digits and a fitting unit: `1.23 s`, `45.6 ms`, `2 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds === 0) return '0 s';
  const rounded = Math.round(seconds);
  if (rounded >= 3600)
    return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
  if (rounded >= 60) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  const [scale, unit] =
    seconds >= 0.9995
      ? [1, 's']
      : seconds >= 0.9995e-3
        ? [1e3, 'ms']
        : seconds >= 0.9995e-6
          ? [1e6, 'us']
          : [1e9, 'ns'];
  const value = seconds * scale;
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}
