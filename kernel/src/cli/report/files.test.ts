import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportFiles } from './files';
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
    expect(() => reportFiles('a.ipynb', file)).toThrow(
      /Can't write .*file: a part of its path is a file\.\nName another folder/,
    );
    expect(() => reportFiles('a.ipynb', '/proc/none')).toThrow(/Can't write \/proc\/none/);
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
