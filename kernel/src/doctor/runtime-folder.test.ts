import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DoctorReport } from './view';
import { runtimeFolder } from './places';
import { connectionFiles } from './runtime-folder';

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'halfnote-runtime-folder-')), 'runtime');
  mkdirSync(folder);
  writeFileSync(join(folder, 'kernel-1.json'), '{}');
  chmodSync(join(folder, 'kernel-1.json'), 0o600);
});
afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true });
});

describe("Jupyter's runtime folder", () => {
  it('is where Jupyter says', () => {
    expect(runtimeFolder({ JUPYTER_RUNTIME_DIR: '/r', JUPYTER_DATA_DIR: '/d' })).toBe('/r');
    expect(runtimeFolder({ JUPYTER_RUNTIME_DIR: '', JUPYTER_DATA_DIR: '/d' })).toBe('/d/runtime');
  });

  it('is well when its owner alone can enter it, whatever its files allow', () => {
    chmodSync(folder, 0o700);
    chmodSync(join(folder, 'kernel-1.json'), 0o644);
    expect(connectionFiles(folder)).toEqual([
      { name: 'connection files', value: `in ${folder}, for its owner only`, state: 'ok' },
    ]);
  });

  it('is well when it is not there yet', () => {
    expect(connectionFiles(join(folder, 'absent'))[0]).toMatchObject({ state: 'ok' });
  });

  it.each([0o755, 0o750, 0o711])('is warned of when others can enter it: mode %o', (mode) => {
    chmodSync(folder, mode);
    const [finding] = connectionFiles(folder);
    expect(finding).toMatchObject({
      state: 'note',
      value: `${folder} is open to others, mode ${mode.toString(8)}`,
    });
    expect(finding?.hint).toMatch(/run code as you.*chmod 700 \S+runtime$/);
  });

  it('is warned of with the files that others can read, in text and in JSON', () => {
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'kernel-1.json'), 0o644);
    writeFileSync(join(folder, 'notes.json'), '{}');
    chmodSync(join(folder, 'notes.json'), 0o644);
    const report = new DoctorReport(connectionFiles(folder), []);
    const value = `${folder} is open to others, mode 755, as are 1 of its files (kernel-1.json, mode 644)`;
    expect(String(report)).toContain(value);
    expect(String(report)).toContain(`chmod 600 ${folder}/*.json`);
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({
      findings: [{ state: 'note', value }],
    });
  });
});
