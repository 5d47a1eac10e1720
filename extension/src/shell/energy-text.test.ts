import type { SessionEnergyReport } from 'halfnote/mime/front-end';
import type { TranslationBundle } from '@jupyterlab/translation';
import { describe, expect, it, vi } from 'vitest';
import { energyLine, energyTitle } from './energy-text';

vi.mock('../feeds/feeds', () => ({}));

/** English, as JupyterLab has it without a language pack. */
const trans = {
  __: (text: string, ...args: unknown[]) =>
    text.replace(/%(\d)/g, (_, place) => String(args[Number(place) - 1])),
} as unknown as TranslationBundle;

const session: SessionEnergyReport = {
  ...{ powerW: 23.4, machineW: 40, method: 'modelled', co2eG: 0.158, region: 'WORLD' },
  energyJ: { value: 1200, low: 1000, high: 1500, complete: true },
  machineJ: { value: 3000, low: 2500, high: 3500, complete: true },
  assumed: true,
};

describe('the energy of a session in one line', () => {
  it('says precision, power, joules and CO2e', () => {
    const policy = { policy: 'fp16', keep: '', running: null };
    expect(energyLine(policy, session, trans)).toBe('fp16 · 23.4 W · 1.20 kJ · 158 mg CO2e');
    expect(energyLine({ ...policy, running: 'bf16' }, session, trans)).toMatch(/^bf16/);
  });

  it('leaves out what is not known yet', () => {
    expect(energyLine(undefined, undefined, trans)).toBe('no energy yet');
    expect(energyLine(undefined, { ...session, powerW: null }, trans)).toBe(
      '1.20 kJ · 158 mg CO2e',
    );
  });

  it('says on hover how it came about, by whose grid, and what is missing', () => {
    const title = energyTitle(session, trans);
    expect(title).toContain('modelled (from a formula, not measured)');
    expect(title).toContain('world average grid');
    const measured = { ...session, method: 'counter', assumed: false, region: 'France' } as const;
    expect(energyTitle(measured, trans)).toMatch(/measured[^]*CO2e by the grid of France/);
    const lacking = { ...session, energyJ: { ...session.energyJ, complete: false } };
    expect(energyTitle(lacking, trans)).toContain('Incomplete');
  });
});
