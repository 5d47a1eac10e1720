import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Found } from '../energy/devices/meter';
import { programMachine } from '../backend/deferred/steps';
import { JUPYTER_DISPLAY } from '../host';
import { doctor } from './doctor';
import { DoctorReport } from './view';
import { loadedLibrary, runtimeFolder } from './places';

const METERS: Found = {
  meters: [
    {
      component: 'cpu',
      method: 'modelled',
      source: 'TDP x load',
      band: { low: 0.6, high: 1.4, source: 'a study' },
      read: () => ({ joules: 0, gaps: 0, resets: 0 }),
    },
  ],
  absent: [
    {
      device: 'RAPL package-0',
      reason: 'permission-denied',
      message: 'counters are for root only',
      hint: 'chmod a+r /sys/class/powercap/*/energy_uj',
    },
    { device: 'GPU 1', reason: 'failed', message: 'It is lost.', leavesIncomplete: true },
  ],
};

describe('doctor', () => {
  it('reports the engine, each format with a reason, and counters with how to get them', async () => {
    const report = await doctor(METERS);
    const byName = new Map(report.findings.map((finding) => [finding.name, finding]));
    expect(byName.get('Node.js')?.value).toContain(process.versions.node);
    expect(byName.get('engine')?.value).toContain(loadedLibrary() ?? 'WebAssembly');
    expect(byName.get('energy of cpu')?.value).toBe('modelled: TDP x load, -40 % to +40 %');
    expect(byName.get('RAPL package-0')).toMatchObject({
      state: 'note',
      hint: METERS.absent[0]?.hint,
    });
    expect(byName.get('GPU 1')).toMatchObject({
      state: 'missing',
      value: 'It is lost. Totals are incomplete.',
    });
    expect(byName.get('Python environment')?.value).toMatch(/^Python 3\.\d+\.\d+ in .*\.venv$/);
    expect(byName.get('TensorFlow package')?.value).toMatch(/^tensorflow(-cpu)? \d/);
    expect(byName.get('JupyterLab')?.value).toMatch(/^4\.\d+/);
    expect(byName.get('connection files')?.value).toContain(runtimeFolder());
    expect(report.formats.map(({ format }) => format)).toEqual([
      'fp32',
      'tf32',
      'bf16',
      'fp16',
      'fp8',
      'int8',
    ]);
    const text = String(report);
    for (const { reason } of report.formats) expect(text).toContain(reason);
  });

  it('says how predictions ran once there were some', async () => {
    const predictions = async (): Promise<string | undefined> =>
      (await doctor(METERS)).findings.find(({ name }) => name === 'predictions')?.value;
    expect(await predictions()).toBeUndefined();
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    tf.dispose(model.predict(tf.ones([70, 3])));
    expect(await predictions()).toBe(
      programMachine() === undefined ? undefined : 'run as one program: 0 of 3',
    );
  });

  it('is JSON with its facts when asked for', async () => {
    const report = await doctor(METERS);
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({
      findings: report.findings,
      formats: report.formats,
    });
  });
});

describe('the report', () => {
  it('escapes what it shows as HTML and control characters in text', () => {
    const report = new DoctorReport(
      [{ name: '<b>x</b>', value: 'a\u001b[31m', state: 'missing', hint: '<script>' }],
      [],
    );
    const bundle = report[JUPYTER_DISPLAY]();
    expect(bundle['text/html']).not.toMatch(/<script>|<b>x<\/b>/);
    expect(bundle['text/plain']).not.toContain('\u001b');
    expect(report.healthy).toBe(false);
  });

  it('says first what is missing, then what to do about it; else what is native', () => {
    const good = { name: 'Node.js', value: '22', state: 'ok' } as const;
    const bad = { name: 'python', value: 'none', state: 'missing', hint: 'Install it.' } as const;
    const bf16 = { format: 'bf16', execution: 'native', engine: 'TF', reason: 'AMX' } as const;
    expect(String(new DoctorReport([good, bad], [bf16]))).toMatch(
      /^1 thing is missing: python; below stands how to get it\.\n\n\* python: Install it\./,
    );
    const noted = { ...bad, name: 'energy', state: 'note' } as const;
    expect(String(new DoctorReport([good], [bf16])).split('\n')[0]).toBe(
      'Nothing is missing; native are bf16.',
    );
    expect(String(new DoctorReport([noted], [])).split('\n')[0]).toBe(
      'Nothing is missing; no format is native; to know: energy.',
    );
  });
});
