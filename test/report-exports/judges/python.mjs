import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../../scripts/lib/process.mjs';
import { venvPython } from '../../../scripts/lib/paths.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** `--python PATH`, then `.venv`. */
function pythons() {
  const at = process.argv.indexOf('--python');
  return [...(at === -1 ? [] : [process.argv[at + 1]]), venvPython];
}

/**
 * Runs a judge in the first Python that has its modules, prints what it says, and gives its counts.
 * Without such a Python it is skipped, with what is missing.
 */
export async function judgeWithPython(script, modules, args) {
  const find =
    'import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, sys.argv[1:])))';
  const python = pythons().find((path) => spawnSync(path, ['-c', find, ...modules]).status === 0);
  if (python === undefined) {
    const reason = `no Python here has ${modules.join(' and ')}`;
    return { skipped: { name: script, reason } };
  }
  const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const said = await run(python, [join(here, script), ...args], { env: environment }).catch(
    (error) => `${error.output ?? ''}\n${error.message}`,
  );
  const counts = /(\d+) passed, (\d+) failed, \d+ skipped\s*$/.exec(said);
  console.log(counts === null ? `✗ ${script}\n${said}` : said.slice(0, counts.index).trimEnd());
  // A judge that broke off has not passed, whatever it had counted until then.
  if (counts === null) return { failed: 1 };
  return { passed: Number(counts[1]), failed: Number(counts[2]) };
}
