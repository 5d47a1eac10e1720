import type { EnergyRow } from 'halfnote/mime/front-end';
import { describe, expect, it } from 'vitest';
import { takeEnergy, takeVariables } from './feeds';

const figure = { value: 2, low: 1, high: 3, complete: true };
const session = {
  ...{ powerW: 3, machineW: 30, energyJ: figure, machineJ: figure, method: 'modelled' },
  ...{ co2eG: 0.1, region: 'WORLD', assumed: true },
};
const row = (id: number, more: Partial<EnergyRow> = {}): object => ({
  ...{ id, parent: null, name: `In [${id}]`, kind: 'cell', status: 'ended', durationS: 1 },
  ...{ energyJ: figure, machineJ: figure, method: 'modelled', co2eG: 0.1, cellId: null },
  ...{ policies: ['fp32'], ...more },
});
const cells = (rows: object[], isWhole: boolean): object => ({
  session,
  cells: { rows, isWhole, hidden: 0, power: [[1, 2, 3]] },
});

describe('the energy that a page knows', () => {
  it('takes changed rows into those of before, and all anew where the kernel says so', () => {
    const first = takeEnergy(cells([row(1), row(2)], true), undefined);
    const second = takeEnergy(cells([row(2, { status: 'open' }), row(3)], false), first);
    expect([...(second?.rows.values() ?? [])].map(({ id, status }) => `${id} ${status}`)).toEqual([
      '1 ended',
      '2 open',
      '3 ended',
    ]);
    const anew = takeEnergy(cells([row(4)], true), second);
    expect([...(anew?.rows.keys() ?? [])]).toEqual([4]);
    expect(takeEnergy({ session }, anew)?.rows.size).toBe(1);
  });

  it('stays as it is where a message is none', () => {
    expect(takeEnergy({ session: { ...session, co2eG: 'a lot' } }, undefined)).toBeUndefined();
    expect(takeEnergy(cells([{ ...row(1), name: 3 }], true), undefined)).toBeUndefined();
  });
});

describe('the variables that a page knows', () => {
  const message = (more: object): object => ({
    ...{ busy: false, rows: null, hidden: 0, values: null, ...more },
  });
  const x = {
    name: 'x',
    kind: 'data',
    type: 'number',
    shape: null,
    format: '',
    bytes: 8,
    text: '1',
  };

  it('stay while a cell is busy, and lose their values with another list', () => {
    const first = takeVariables(message({ rows: [x] }), undefined);
    const values = { name: 'x', of: { kind: 'text', text: '1', size: 1 } };
    const second = takeVariables(message({ values }), first);
    expect(second?.values.get('x')).toEqual(values.of);
    const third = takeVariables(message({ busy: true }), second);
    expect([third?.busy, third?.rows?.length, third?.values.size]).toEqual([true, 1, 1]);
    const fourth = takeVariables(message({ rows: [x] }), third);
    expect([fourth?.values.size, fourth?.version]).toEqual([0, 2]);
  });
});
