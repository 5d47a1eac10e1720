import process from 'node:process';

/** Ends a process with its group, or alone where there is no group or the system refuses part of it. */
export function killGroup(pid: number): void {
  for (const target of process.platform === 'win32' ? [pid] : [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
      return;
    } catch {
      // It has ended meanwhile, has no group of its own, or the group holds somebody else's.
    }
  }
}
