const INTERVAL_MS = 1000;

/**
 * Calls `onGone` once when the process that Jupyter says started us has ended. Without that word
 * (a kernel started by hand), nothing is watched.
 */
export function watchParent(
  onGone: () => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
  parent: () => number = () => process.ppid,
): void {
  if (Number(env['JPY_PARENT_PID']) !== parent()) return;
  const started = parent();
  const timer = setInterval(() => {
    if (parent() === started) return;
    clearInterval(timer);
    onGone();
  }, INTERVAL_MS);
  timer.unref();
}
