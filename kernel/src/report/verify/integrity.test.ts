import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seal, type Unsealed } from '../identity/seal';
import { readIntactReport, readReport } from '../read-report';
import { factsOf, sampleReport, trialOf } from '../report.fixture';
import { edited, leaves, others } from './leaves.fixture';
import { makeReport } from '../make/make-report';
import type { Trial } from '../make/trial';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-integrity-'));

function written(content: unknown, name = 'a.report.json'): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Of the same type, so that hashes alone show it. */
function another(leaf: unknown): unknown {
  return others(leaf)[0];
}

function sealedAgain(report: unknown): unknown {
  return seal(report as Unsealed);
}

describe('a report', () => {
  const report: unknown = JSON.parse(JSON.stringify(sampleReport()));

  it('is read as it was written, whatever the order of its keys and its white space', () => {
    expect(readReport(written(report)).altered).toEqual([]);
    const turned = Object.fromEntries(Object.entries(report as object).reverse());
    expect(readReport(written(JSON.stringify(turned, null, 7))).altered).toEqual([]);
  });

  it('is caught with any of its leaves altered, and the part that holds it is named', () => {
    const all = leaves(report);
    expect(all.length).toBeGreaterThan(700);
    for (const path of all) {
      const { altered } = readReport(written(edited(report, path, another)));
      expect(altered, path.join('.')).toHaveLength(1);
      const [place = ''] = altered;
      const named = path[1] === 'sections' ? path.slice(2) : path;
      expect(named.join('.')).toContain(place);
    }
  });

  it('is caught with a field more, or one less', () => {
    const more = { ...(report as object), extra: 1 };
    expect(readReport(written(more)).altered).toEqual(['extra']);
    const deeper = edited(report, ['energy', 'cells', 0], (cell) => ({
      ...(cell as object),
      x: 1,
    }));
    expect(readReport(written(deeper)).altered).toEqual(['energy.cells']);
    const { checklist, ...less } = report as { checklist: unknown };
    expect(checklist).toBeDefined();
    expect(readReport(written(less)).altered).toEqual(['checklist']);
  });

  it('is caught where figures and hashes were altered together, but not the samples', () => {
    const path = ['energy', 'accountsJ', 'user', 'value'];
    const forged = sealedAgain(edited(report, path, (value) => Number(value) * 0.5));
    const { altered } = readReport(written(forged));
    expect(altered).toEqual([
      'energy.accountsJ.user is 50.1667, its samples and settings give 100.333',
    ]);
    const cell = ['energy', 'cells', 1, 'energyJ', 'value'];
    const other = sealedAgain(edited(report, cell, () => 1));
    expect(readReport(written(other)).altered[0]).toContain('energy.cells.1.energyJ is 1, its');
    expect(() => readIntactReport(written(other))).toThrow(/is not what was written: energy.cells/);
  });

  it('that failed is read too', () => {
    const failure = { cell: 2, name: 'RangeError', message: 'too far' };
    const failed = makeReport(factsOf([trialOf({ failure })]));
    expect(readReport(written(failed)).altered).toEqual([]);
  });

  it('is not accused where a device, a cell or a whole trial went unmeasured', () => {
    const lost = (change: (windows: Trial['windows']) => Trial['windows']): Trial[] => {
      const trial = trialOf({ energy: 10.1 });
      return [trialOf(), { ...trial, windows: change(trial.windows) }, trialOf({ energy: 9.9 })];
    };
    const noDevice = lost((windows) =>
      windows.map((record) => ({
        ...record,
        window: { ...record.window, parts: record.window.parts.slice(0, 1) },
      })),
    );
    const noCell = lost((windows) => windows.filter(({ executionCount }) => executionCount !== 2));
    const noJournal = lost(() => []);
    const noCells = [{ ...trialOf(), cells: [], windows: [] }];
    for (const trials of [noDevice, noCell, noJournal, noCells]) {
      const { altered, report: read } = readReport(written(makeReport(factsOf(trials))));
      expect(altered).toEqual([]);
      expect(read?.trials).toBe(trials.length);
    }
    const { samples, energy } = makeReport(factsOf(noDevice));
    expect(samples.filter(({ trial }) => trial === 2).map(({ devices }) => devices[1])).toEqual([
      null,
      null,
      null,
    ]);
    expect(energy.devices[1]?.machineJ).toMatchObject({ samples: 2, complete: false });
  });

  it('is caught where trials were made up, hashes and all', () => {
    const more = sealedAgain(edited(report, ['trials'], () => 4));
    expect(readReport(written(more)).altered).toEqual([
      'trials is 4, its samples and settings give 3',
    ]);
  });

  it('is caught with what JSON can hold and no report does', () => {
    const text = JSON.stringify(report);
    const endless = text.replace('"trials":3', '"trials":1e999');
    expect(readReport(written(endless)).altered).toEqual(['trials is no finite number']);
    const outer = text.replace('{', '{"__proto__":{"a":1},');
    expect(readReport(written(outer)).altered).toEqual(['__proto__']);
    const inner = text.replace('"energy":{', '"energy":{"__proto__":1,');
    expect(readReport(written(inner)).altered).toEqual(['energy.__proto__']);
    for (const hash of [5, undefined, null]) {
      const other = edited(report, ['identity', 'hash'], () => hash);
      expect(readReport(written(other)).altered).toEqual(['identity.hash']);
    }
    for (const sections of ['x', null, undefined]) {
      const other = edited(report, ['identity', 'sections'], () => sections);
      expect(readReport(written(other)).altered).toEqual(['identity.sections']);
    }
  });

  it('with a key twice is refused: programs differ in which they read', () => {
    const text = JSON.stringify(report);
    const twice = text.replace('"status":', '"status":"failed","st\\u0061tus":');
    expect(() => readReport(written(twice))).toThrow(/the key 'status' twice in one object/);
  });

  it('of another version is told from an altered one', () => {
    const newer = sealedAgain(edited(report, ['schema'], () => 'halfnote-report/2'));
    expect(() => readReport(written(newer))).toThrow(
      /its schema is 'halfnote-report\/2'; this version reads halfnote-report\/1\nUse the version/,
    );
    const strange = sealedAgain({ ...(report as object), extra: 1 });
    expect(() => readReport(written(strange))).toThrow(/its hashes hold, but .*extra/s);
  });

  it('is told from other files', () => {
    expect(() => readReport(join(folder, 'none.json'))).toThrow(/Can't read .*ENOENT/);
    expect(() => readReport(written('{"half'))).toThrow(/it is no JSON/);
    expect(() => readReport(written('[]'))).toThrow(/it has no identity with a hash/);
    expect(() => readReport(written('{}'))).toThrow(/it has no identity with a hash/);
  });
});
