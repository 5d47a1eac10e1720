import { describe, expect, it } from 'vitest';
import { seal } from '../identity/seal';
import { makeReport } from '../make/make-report';
import { factsOf, sampleReport, trialOf } from '../report.fixture';
import { report as schema, type Report } from '../schema';
import { recountedIntegrity } from './integrity';
import { edited, leaves, others, type Path } from './leaves.fixture';
import { unfounded } from './unfounded';

const report = sampleReport();
const failure = { cell: 2, name: 'RangeError', message: 'too far' };

/** `*` is any place of a list; what begins so is free. */
const FREE = [
  // Who, when, of what: the notebook and its inputs are checked by their hashes, against themselves.
  'identity.createdAt',
  'identity.notebook',
  'identity.cells',
  'identity.inputs',
  'identity.versions',
  'identity.lockHash',
  'identity.codeProblem',
  'hardware.cpu.model',
  'hardware.cpu.threads',
  'hardware.cpu.tdpW',
  'hardware.memoryBytes',
  'hardware.os',
  'hardware.gpus',
  'settings.notebook',
  'settings.kernel',
  'settings.timeoutS',
  // Which intensity a region has is literature, with its source.
  'settings.region',
  'carbon.intensity.year',
  'carbon.intensity.licence',
  'carbon.intensity.source',
  'carbon.intensity.gramsPerKWh.samples',
  // How a cell was measured: grams are of the literature in any case.
  'energy.cells.*.energyJ.method',
  // What the notebook put out.
  'precisionTables',
  'gradientRanges',
  // Raw: nothing is made of them but what they say.
  'samples.*.startedAt',
  'samples.*.cpuS',
  'samples.*.devices.1.idleJ',
  'samples.*.devices.1.userIdleJ',
];

function isFree(path: Path): boolean {
  return FREE.some((free) =>
    free.split('.').every((part, i) => part === '*' || part === String(path[i])),
  );
}

/** Alters a leaf, makes all hashes anew, and says whether that is found; undefined where no report has it so. */
function isFound(whole: unknown, path: Path): boolean | undefined {
  const leaf = path.reduce<unknown>(at, whole);
  for (const value of others(leaf)) {
    const { data } = schema.safeParse(edited(whole, path, () => value));
    if (data !== undefined && value !== leaf) {
      return recountedIntegrity(seal(data)).altered.length > 0;
    }
  }
  return undefined;
}

function at(value: unknown, key: string | number): unknown {
  return (value as Record<string, unknown>)[key];
}

describe('what follows from the rest of a report', () => {
  const once = makeReport(factsOf([trialOf()]));
  const failed = makeReport(factsOf([trialOf(), trialOf(), trialOf({ failure })]));
  const loaded = makeReport(factsOf([trialOf({ others: 4 })]));
  const lost = makeReport(factsOf([trialOf({ problems: ['the GPU could not be read'] })]));
  const given = makeReport({ ...factsOf([trialOf()]), carbon: { gridIntensity: 50 } });
  const nothing = makeReport(factsOf([{ ...trialOf(), windows: [] }]));

  it('is right in one as it was made, whatever became of the run', () => {
    const alone = makeReport(factsOf([trialOf({ failure })]));
    const unlike = makeReport(factsOf([trialOf({ method: 'modelled' }), trialOf()]));
    const ended = makeReport(factsOf([trialOf(), trialOf({ session: false })]));
    for (const each of [report, once, failed, alone, loaded, lost, given, nothing, unlike, ended]) {
      expect(unfounded(each)).toEqual([]);
    }
  });

  it('is found whichever leaf is altered, hashes and all, but for inputs that are named', () => {
    // Of the views one row is enough.
    const views = {
      precisionTables: report.precisionTables.map(({ cell, table }) => ({
        cell,
        table: { ...table, rows: table.rows.slice(0, 1) },
      })),
      gradientRanges: report.gradientRanges.map(({ cell, ranges }) => ({
        cell,
        ranges: { ...ranges, layers: ranges.layers.slice(0, 1) },
      })),
    };
    const whole: unknown = JSON.parse(JSON.stringify({ ...report, ...views }));
    const hashes = (path: Path): boolean =>
      path[0] === 'identity' && (path[1] === 'hash' || path[1] === 'sections');
    const tried = leaves(whole).filter((path) => !hashes(path));
    const found = tried.map((path) => ({ path, found: isFound(whole, path) }));
    const names = (wanted: boolean): string[] => [
      ...new Set(found.flatMap((each) => (each.found === wanted ? [each.path.join('.')] : []))),
    ];
    expect(tried.length).toBeGreaterThan(800);
    expect(names(false).filter((name) => !isFree(name.split('.')))).toEqual([]);
    expect(names(true).filter((name) => isFree(name.split('.')))).toEqual([]);
    const isUsed = (free: string): boolean => {
      const parts = free.split('.');
      return tried.some((path) => parts.every((part, i) => part === '*' || part === path[i]));
    };
    expect(FREE.filter((free) => !isUsed(free))).toEqual([]);
  });

  it('is named by its place, with what it should be', () => {
    const { carbon, energy, verdict } = report;
    const operationalG = { ...carbon.operationalG, low: 0 };
    expect(unfounded({ ...report, carbon: { ...carbon, operationalG } })).toEqual([
      expect.stringMatching(
        /^carbon\.operationalG\.low is 0, its samples and settings give 0\.00\d+$/,
      ),
    ]);
    const [cpu, ...devices] = energy.devices;
    if (cpu === undefined) throw new Error('no device');
    const { user, rest } = cpu.accountsJ;
    const moved = { ...cpu, accountsJ: { ...cpu.accountsJ, user: rest, rest: user } };
    expect(unfounded({ ...report, energy: { ...energy, devices: [moved, ...devices] } })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^energy\.devices\.0\.accountsJ\.user is/),
        expect.stringMatching(/^energy\.devices\.0\.accountsJ\.rest is/),
      ]),
    );
    expect(unfounded({ ...loaded, verdict })).toEqual([
      'verdict.valid is true, its samples and settings give false',
      'verdict.reasons has 0 entries, its samples and settings give 1 entry',
    ]);
    const [, ...trials] = report.runs;
    expect(unfounded({ ...report, runs: trials } satisfies Report).join()).toContain('trials is 3');
  });

  it('is not asked of samples that no report was ever made of', () => {
    const samples = report.samples.map((sample) => ({
      ...sample,
      accountsJ: { ...sample.accountsJ, user: -1e9 },
    }));
    expect(unfounded({ ...report, samples })).toEqual([
      expect.stringMatching(/^its samples and settings give no report: /),
    ]);
  });
});
