import process from 'node:process';
import { loadLibrary } from '../../ffi';

const PR_SET_CHILD_SUBREAPER = 36;
const WNOHANG = 1;

/**
 * Makes this process the parent of those below it whose own parent has ended: so a process that a cell
 * detaches (`sh -c 'work &'`) stays in the tree. Returns what waits for one that has ended, since nobody
 * else would; undefined where the system can't, or this isn't Linux.
 */
export function becomeSubreaper(): ((pid: number) => void) | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const libc = loadLibrary(null);
    const prctl = libc.func(
      'int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)',
    );
    const waitpid = libc.func('int waitpid(int, void *, int)');
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) !== 0) return undefined;
    return (pid) => {
      waitpid(pid, null, WNOHANG);
    };
  } catch {
    return undefined;
  }
}
