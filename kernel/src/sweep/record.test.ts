import { describe, expect, it, vi } from 'vitest';
import { toBundle } from '../display/display';
import { HOST, type DisplayOutput } from '../host';
import { RESULT_MIME } from '../report/results/record-result';
import { METRIC_MIME, readMetric, record } from './record';
import { metricsOf } from './run-result';

/** What cells show of these calls, as a notebook keeps it. */
function outputsOf(work: () => void): { data: DisplayOutput['data'] }[] {
  const outputs: { data: DisplayOutput['data'] }[] = [];
  const holder = globalThis as { [HOST]?: unknown };
  holder[HOST] = { display: ({ data }: DisplayOutput) => outputs.push({ data }) };
  try {
    work();
  } finally {
    Reflect.deleteProperty(holder, HOST);
  }
  return JSON.parse(JSON.stringify(outputs)) as typeof outputs;
}

describe('record', () => {
  it.each([0.25, NaN, -Infinity, true, 'NaN', ''])('keeps %s in the output', (value) => {
    const outputs = outputsOf(() => {
      expect(record('m', value)).toBe(value);
    });
    expect(metricsOf(outputs)).toEqual([{ name: 'm', value, unit: '' }]);
  });

  it('is a result of reports where it is a finite number', () => {
    const [number, text] = outputsOf(() => {
      record('loss', 0.5, { unit: 'nat' });
      record('loss', NaN);
    });
    expect(number?.data[RESULT_MIME]).toEqual({ name: 'loss', value: 0.5, unit: 'nat' });
    expect(number?.data['text/plain']).toBe('loss: 0.5000 nat');
    expect(text?.data).not.toHaveProperty(RESULT_MIME);
  });

  it('counts the last of a name', () => {
    const outputs = outputsOf(() => {
      record('loss', 1);
      record('accuracy', 0.5);
      record('loss', 2);
    });
    expect(metricsOf(outputs).map(({ name, value }) => [name, value])).toEqual([
      ['loss', 2],
      ['accuracy', 0.5],
    ]);
  });

  it('goes to the console in a plain script', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    record('loss', 0.125);
    expect(log).toHaveBeenCalledWith('loss: 0.1250');
    log.mockRestore();
  });

  it('takes a name and a value', () => {
    expect(() => record('', 1)).toThrow("The metric's name is ''");
    expect(() => record('loss', [1] as unknown as number)).toThrow(
      'The metric "loss" is [ 1 ]; allowed: a number, text or a boolean.',
    );
  });

  it('reads nothing from other data', () => {
    expect(readMetric({ name: 'x' })).toBeUndefined();
    expect(readMetric(toBundle('x')[METRIC_MIME])).toBeUndefined();
  });
});
