import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPython } from '../../../../test/support/python';
import { TestNotebook } from '../../../../test/support/runtime-notebook';
import { createProgram } from '../program';
import { findKernel, startProcess } from './kernel-process';
import type { Notebook } from './notebook';
import { runNotebook, type RunOptions } from './run';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-run-test-'));
beforeAll(async () => {
  // Builds what is stale: a run starts the built kernel.
  await (await TestNotebook.open()).close();
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Source {
  readonly code: string;
  readonly tags?: readonly string[];
  readonly type?: 'code' | 'markdown';
}

/** Writes a notebook in nbformat 4.4, as older front ends do. */
function notebook(name: string, cells: readonly (string | Source)[], metadata = {}): string {
  const path = join(folder, name);
  const content = {
    nbformat: 4,
    nbformat_minor: 4,
    metadata,
    cells: cells
      .map((cell): Source => (typeof cell === 'string' ? { code: cell } : cell))
      .map(({ code, tags, type = 'code' }) => ({
        cell_type: type,
        source: code,
        metadata: tags ? { tags } : {},
        ...(type === 'code' && { outputs: [], execution_count: null }),
      })),
  };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

async function run(path: string, options: RunOptions = {}) {
  const said: string[] = [];
  const output = join(folder, `out-${Math.random()}.ipynb`);
  let error = '';
  try {
    await runNotebook(path, { output, ...options }, { write: (text) => said.push(text) });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  const read = (file: string): Notebook => JSON.parse(readFileSync(file, 'utf8')) as Notebook;
  const result = existsSync(options.output ?? output) ? read(options.output ?? output) : undefined;
  const outputs = result?.cells.map((cell) => cell.outputs ?? []) ?? [];
  return { said: said.join(''), error, result, outputs, file: options.output ?? output };
}

describe('halfnote run', { timeout: 60_000 }, () => {
  it('runs the cells in the notebook’s folder and saves their outputs', async () => {
    const path = notebook('all.ipynb', [
      { code: '# Title', type: 'markdown' },
      'const x = 20;\nconsole.log("a");\nconsole.log("b");\nconsole.error("c");',
      '',
      "import { display } from 'halfnote';\nconst shown = display({ first: 1 }, { id: 'd' });",
      'shown.update({ second: 2 });\nprocess.cwd()',
      'x + 1',
    ]);
    const { said, error, result, outputs, file } = await run(path);
    expect(error).toBe('');
    expect(said).toMatch(/^\[1\/5\] ok +\S+ \S+ {2}const x = 20;\n/);
    expect(outputs[1]).toEqual([
      { output_type: 'stream', name: 'stdout', text: ['a\n', 'b\n'] },
      { output_type: 'stream', name: 'stderr', text: ['c\n'] },
    ]);
    expect(JSON.stringify(outputs[3])).toContain('second');
    expect(JSON.stringify(outputs[3])).not.toContain('first');
    expect(JSON.stringify(outputs[4])).toContain(folder);
    expect(outputs[5]).toEqual([
      {
        output_type: 'execute_result',
        execution_count: 4,
        data: { 'text/plain': ['21'] },
        metadata: {},
      },
    ]);
    expect(result?.metadata['kernelspec']).toMatchObject({ name: 'halfnote' });
    expect(result?.metadata['language_info']).toMatchObject({ name: 'typescript' });
    // Jupyter's own validator.
    runPython(`import warnings
with warnings.catch_warnings():
    warnings.simplefilter('error')
    import nbformat
    nbformat.validate(nbformat.read(${JSON.stringify(file)}, 4))`);
  });

  it('stops at the first error, saves what ran, and shows the traceback', async () => {
    const path = notebook('error.ipynb', ['1', "throw new RangeError('too far')", '3']);
    const { error, outputs, said } = await run(path);
    expect(error).toContain('Code cell 2 of 3 failed:\nRangeError: too far\ncell[2]:1:');
    expect(outputs.map((list) => list[0]?.['output_type'])).toEqual([
      'execute_result',
      'error',
      undefined,
    ]);
    expect(said).toContain('[2/3] failed');
  });

  it('goes on after a cell that may fail', async () => {
    const path = notebook('may.ipynb', [
      { code: "throw new Error('expected')", tags: ['raises-exception'] },
      '"after"',
    ]);
    const { error, outputs } = await run(path);
    expect(error).toBe('');
    expect(JSON.stringify(outputs[1])).toContain('after');
  });

  it('ends where the kernel does, also in a cell that may fail', async () => {
    const path = notebook('dies.ipynb', [
      { code: "process.kill(process.ppid, 'SIGKILL')", tags: ['raises-exception'] },
      '"after"',
    ]);
    const { error } = await run(path);
    expect(error).toMatch(/Code cell 1 of 2 failed:\n.*kernel/);
  });

  it('sets parameters below the cell that declares them, and checks their type', async () => {
    const path = notebook('param.ipynb', [
      { code: "let epochs: number = 1;\nconst name = 'a', flags = [true];", tags: ['parameters'] },
      'console.log(epochs + 1, name, flags)',
    ]);
    const { result, error, outputs, file } = await run(path, {
      param: ['epochs=3', 'name=it\'s "x"', 'flags=[false]'],
    });
    expect(error).toBe('');
    expect(result?.cells[1]).toMatchObject({
      metadata: { tags: ['injected-parameters'] },
      source: [
        '// Parameters\n',
        'let epochs: number = 3;\n',
        'const name = "it\'s \\"x\\"";\n',
        'const flags = [false];',
      ],
    });
    expect(outputs[2]?.[0]?.['text']).toEqual(['4 it\'s "x" [ false ]\n']);
    const again = await run(file, { param: ['epochs=5'] });
    expect(again.result?.cells).toHaveLength(3);
    const wrong = await run(path, { param: ['epochs=many'] });
    expect(wrong.error).toContain("Type 'string' is not assignable to type 'number'");
  });

  it('refuses parameters that nothing declares', async () => {
    const path = notebook('no-param.ipynb', [{ code: 'const epochs = 1', tags: ['parameters'] }]);
    expect((await run(path, { param: ['epoch=3'] })).error).toBe(
      'The cell tagged "parameters" declares no variable "epoch"\nDid you mean epochs? It declares: epochs',
    );
    expect((await run(path, { param: ['epochs'] })).error).toContain('expected name=value');
    const untagged = notebook('untagged.ipynb', ['const epochs = 1']);
    expect((await run(untagged, { param: ['epochs=3'] })).error).toContain(
      'No cell of the notebook has the tag "parameters"',
    );
  });

  it('interrupts a cell that takes too long', async () => {
    const path = notebook('slow.ipynb', ['while (true) {}', '2']);
    const { error, outputs } = await run(path, { timeout: 1.5 });
    expect(error).toContain(
      'Code cell 1 of 2 failed:\nIt took longer than --timeout allows: 1.5 s',
    );
    expect(outputs[0]?.[0]?.['ename']).toBe('Interrupted');
    expect(outputs[1]).toEqual([]);
  });

  it('survives a cell that ends its process', async () => {
    const path = notebook('exit.ipynb', ['process.exit(3)']);
    expect((await run(path)).error).toContain('Code cell 1 of 1 failed');
  });

  it('replaces the notebook as a whole when no output is named', async () => {
    const path = notebook('place.ipynb', ['1 + 1']);
    const { outputs } = await run(path, { output: path });
    expect(JSON.stringify(outputs)).toContain('"2"');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('says what is wrong with a notebook', async () => {
    const text = join(folder, 'text.ipynb');
    writeFileSync(text, 'no JSON');
    expect((await run(text)).error).toContain(`Can't run ${text}: `);
    writeFileSync(text, '{"nbformat": 3}');
    expect((await run(text)).error).toContain('its nbformat is 3, expected 4');
    writeFileSync(text, '{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}');
    expect((await run(text)).error).toContain('the source of cell 1 is no text');
    expect((await run(join(folder, 'none.ipynb'))).error).toContain('no such file');
    const foreign = notebook('py.ipynb', ['1'], { kernelspec: { language: 'python' } });
    expect((await run(foreign)).error).toContain('is written in python');
    const path = notebook('far.ipynb', ['1']);
    const nowhere = join(text, 'no', 'where.ipynb');
    expect((await run(path, { output: nowhere })).error).toContain(
      `Can't write ${nowhere}: a part of its path is a file.`,
    );
    const deeper = join(folder, 'new', 'folder', 'far.ipynb');
    expect((await run(path, { output: deeper })).error).toBe('');
    expect(existsSync(deeper)).toBe(true);
  });

  it('leaves its connection file to nobody else', async () => {
    const spec = {
      argv: ['sleep', '60', '{connection_file}'],
      language: 'typescript',
      displayName: '',
      env: {},
      interruptsBySignal: false,
    };
    const started = await startProcess(spec, folder);
    const { child, connection } = started;
    const file = child.spawnargs.at(-1) ?? '';
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(connection.ip).toBe('127.0.0.1');
    expect(connection.key.length).toBeGreaterThan(30);
    child.kill();
    started.cleanUp();
    expect(existsSync(file)).toBe(false);
  });

  it('names the kernels it knows', () => {
    expect(() => findKernel('nope', [])).toThrow('Jupyter knows no kernel "nope"\nIt knows: none');
  });

  it('takes seconds for its timeout', async () => {
    const program = createProgram();
    const command = program.commands.find((candidate) => candidate.name() === 'run');
    command?.exitOverride().configureOutput({ writeErr: () => undefined });
    await expect(
      program.parseAsync(['run', 'x.ipynb', '--timeout', 'soon'], { from: 'user' }),
    ).rejects.toThrow('Allowed: seconds above 0');
  });
});
