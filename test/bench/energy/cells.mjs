import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jupyterEnvironment, root } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/process.mjs';

const WARM = 10;

/**
 * CPU seconds and joules of the user's account in each of some cells `%%carbon` + `1` of a fresh kernel, the
 * first of them cold, from the kernel's journal.
 * @returns {Promise<{firstCpuS: number, warmCpuS: readonly number[], firstJ: number, warmJ: readonly number[]}>}
 */
export async function measureCells() {
  const folder = mkdtempSync(join(tmpdir(), 'cells-'));
  try {
    const notebook = join(folder, 'cells.ipynb');
    const journal = join(folder, 'journal.jsonl');
    const cell = { cell_type: 'code', metadata: {}, outputs: [], execution_count: null };
    const cells = Array.from({ length: WARM + 1 }, (_, i) => ({
      ...cell,
      id: `c${i}`,
      source: '%%carbon\n1',
    }));
    const kernelspec = { name: 'halfnote', display_name: 'Halfnote', language: 'typescript' };
    const file = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(notebook, JSON.stringify(file));
    await run(process.execPath, [join(root, 'kernel/dist/cli/main.js'), 'run', notebook], {
      env: { ...jupyterEnvironment(), HALFNOTE_ENERGY_JOURNAL: journal },
    });
    const [first, ...warm] = windowsOf(journal);
    if (warm.length !== WARM) throw new Error(`the journal has ${warm.length + 1} cells`);
    return {
      firstCpuS: first.cpuS.user,
      warmCpuS: warm.map(({ cpuS }) => cpuS.user),
      firstJ: first.energyJ.value,
      warmJ: warm.map(({ energyJ }) => energyJ.value),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function windowsOf(journal) {
  return readFileSync(journal, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map((line) => line.record?.window ?? line.window)
    .filter((window) => window?.kind === 'cell');
}
