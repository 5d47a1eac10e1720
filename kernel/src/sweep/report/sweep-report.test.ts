import { describe, expect, it } from 'vitest';
import { exact, fromSamples } from '../../quantities/make';
import { carbonModel } from '../../report/make/carbon';
import { compareGroups } from '../compare';
import type { Row } from '../table';
import { besideOthers } from './beside-others';
import { sweepReportHtml } from './html';
import { sweepReport } from './sweep-report';

const HOST = 'node-1';

function row(seed: number, state: Row['state'] = 'finished', more: Partial<Row> = {}): Row {
  const energyJ = fromSamples([8 + seed, 10 + seed], { method: 'counter' });
  const energy = { durationS: 2, energyJ, machineJ: energyJ, problems: [] };
  const startedAt = new Date(seed * 10_000).toISOString();
  const status = 'finished' as const;
  const facts = {
    ...{ parameters: { seed }, status, error: null, startedAt, cellsS: 2 },
    ...{ energy, host: HOST },
  };
  const ran = state === 'finished' ? facts : null;
  const metrics = [{ name: 'loss', unit: '', value: seed === 3 ? NaN : 1 / seed }];
  return { key: `key${seed}`, parameters: { seed }, state, metrics, facts: ran, ...more };
}

function reported(rows: readonly Row[]) {
  return sweepReport({
    createdAt: '2026-01-01T00:00:00Z',
    plan: {
      schema: 'halfnote-sweep/1',
      createdAt: '2026-01-01T00:00:00Z',
      notebook: '../<i>train.ipynb',
      sources: 'sha256:0',
      parameters: [{ name: 'seed', values: [1, 2, 3] }],
      versions: { halfnote: '0.1.0' },
      timeoutS: null,
    },
    rows,
    comparison: compareGroups(rows),
    carbon: carbonModel({ gridIntensity: 360, pue: 1.5 }),
    hashOfPoint: ({ key }) => `sha256:${key}`,
  });
}

describe('the report of a sweep', () => {
  it('sums joules and grams of its points, and is valid where all were measured', () => {
    const { energy, carbon, verdict, points } = reported([row(1), row(2), row(3)]);
    expect(energy.energyJ.value).toBeCloseTo(10 + 11 + 12, 10);
    expect(energy).toMatchObject({ points: 3, cellsS: 6 });
    // 33 J at 360 g/kWh, a tenth of a milligram a joule, and half as much again for the building.
    expect(carbon.operationalG.value).toBeCloseTo(33 * 1e-4 * 1.5, 10);
    expect(points.map(({ operationalG }) => operationalG?.value)).toEqual(
      [10, 11, 12].map((joules) => expect.closeTo(joules * 1.5e-4, 10) as number),
    );
    expect(verdict).toEqual({ valid: true, reasons: [], remarks: [] });
    expect(JSON.parse(JSON.stringify(points[2]?.metrics))).toEqual([
      { name: 'loss', unit: '', value: 'NaN' },
    ]);
  });

  it('says which points failed, are missing or were not measured', () => {
    const { facts } = row(2);
    if (facts === null) throw new Error('no facts');
    const failed = { ...facts, status: 'failed', error: 'diverged' } as const;
    const { verdict } = reported([
      row(1, 'finished', { facts: { ...facts, energy: null } }),
      row(2, 'failed', { facts: failed }),
      row(3, 'waiting'),
    ]);
    expect(verdict.valid).toBe(false);
    expect(verdict.reasons).toEqual([
      '1 point of 3 have not finished',
      'seed=2 failed: diverged',
      'the energy of 1 point was not measured',
    ]);
  });

  it('has the hash of all its figures, and another one for others', () => {
    const first = reported([row(1), row(2)]);
    expect(reported([row(1), row(2)]).hash).toBe(first.hash);
    expect(reported([row(1), row(3)]).hash).not.toBe(first.hash);
  });

  it('makes a page that shows each point and no text as code', () => {
    const page = sweepReportHtml(reported([row(1), row(2), row(3)]));
    expect(page).toContain('<h1>Sweep of &lt;i&gt;train.ipynb</h1>');
    expect(page).not.toContain('<i>');
    for (const figure of ['10 J', '11 J', '12 J', 'NaN', '0.5', 'VALID'])
      expect(page).toContain(figure);
  });
});

it('counts points that ran beside others of their machine', () => {
  const at = (startMs: number, host = HOST, cellsS = 1): Row => {
    const one = row(1);
    if (one.facts === null) throw new Error('no facts');
    const startedAt = new Date(startMs).toISOString();
    return { ...one, facts: { ...one.facts, startedAt, cellsS, host } };
  };
  expect(besideOthers([at(0), at(1000), at(2000)])).toBe(0);
  expect(besideOthers([at(0), at(500), at(2000)])).toBe(2);
  expect(besideOthers([at(0, HOST, 9), at(500), at(2000)])).toBe(3);
  expect(besideOthers([at(0), at(500, 'node-2')])).toBe(0);
});

it('gives a sweep of nothing measured an energy of nothing', () => {
  expect(reported([row(1, 'waiting')]).energy.energyJ).toMatchObject({
    ...{ value: exact(0, { method: 'counter' }).value, samples: 0 },
  });
});
