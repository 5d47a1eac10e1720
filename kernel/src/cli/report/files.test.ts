import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportFiles, writeWhole } from './files';
import { writtenCarbon } from '../../report/make/carbon-settings';
import { readSettings, writtenSettings } from './settings';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'halfnote-files-'));

describe('the files of a report', () => {
  it('lie beside the notebook or in a folder that is made', () => {
    const folder = join(fresh(), 'reports');
    expect(reportFiles('/x/my.notebook.ipynb', folder)).toMatchObject({
      json: join(folder, 'my.notebook.report.json'),
      pdf: join(folder, 'my.notebook.report.pdf'),
    });
    expect(() => reportFiles('a.ipynb', '/dev/null/x')).toThrow(/Can't write \/dev\/null\/x/);
    const file = join(fresh(), 'file');
    writeFileSync(file, '');
    expect(() => reportFiles('a.ipynb', file)).toThrow(/Can't write .*file: ENOTDIR/);
    expect(() => reportFiles('a.ipynb', '/proc/none')).toThrow(/Can't write \/proc\/none/);
  });

  it('are written as a whole or not at all where the disk takes no more', async () => {
    const folder = fresh();
    const path = join(folder, 'a.report.json');
    await writeWhole(path, 'before');
    const built = join(__dirname, '../../../dist/cli/report/files.js');
    const script = `require(${JSON.stringify(built)}).writeWhole(${JSON.stringify(path)}, 'x'.repeat(1e6)).catch((error) => console.log(error.code, error.message))`;
    // A limit on the size of files ends a write as a full disk does.
    const limited = 'trap "" XFSZ; ulimit -f 16; exec "$0" -e "$1"';
    const { stdout } = spawnSync('bash', ['-c', limited, process.execPath, script], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^not-writable Can't write .*EFBIG/);
    expect(readdirSync(folder)).toEqual(['a.report.json']);
    expect(readFileSync(path, 'utf8')).toBe('before');
  });

  it('are not written into a place that is no folder', async () => {
    const file = join(fresh(), 'file');
    writeFileSync(file, '');
    await expect(writeWhole(join(file, 'a.json'), 'x')).rejects.toThrow(/Can't write .*ENOTDIR/);
  });
});

describe('the settings of a report', () => {
  it('are read back as they were given, so that verify does the same', () => {
    const settings = {
      param: ['epochs=3', 'layers=[16, 8]', 'name=a=b'],
      timeout: 60,
      carbon: {
        region: 'FRA',
        gridIntensity: undefined,
        pue: 1.2,
        wue: undefined,
        embodied: { deviceKgCO2e: 300, lifetimeYears: 4 },
      },
    };
    expect(
      readSettings({ ...writtenSettings(settings), ...writtenCarbon(settings.carbon) }),
    ).toEqual(settings);
  });
});
