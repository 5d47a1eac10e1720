import { afterEach, describe, expect, it } from 'vitest';
import { HOST, type DisplayOutput, type Host } from '../../host';
import { recordResult, RESULT_MIME } from './record-result';

const place = globalThis as { [HOST]?: Host | undefined };
let shown: DisplayOutput[] = [];

function inNotebook(): void {
  shown = [];
  const display = (output: DisplayOutput): void => void shown.push(output);
  place[HOST] = { display } as unknown as Host;
}

afterEach(() => {
  place[HOST] = undefined;
});

describe('a recorded result', () => {
  it('is shown, and stays with the notebook', () => {
    inNotebook();
    recordResult('test loss', 0.123456, { unit: 'nats' });
    expect(shown[0]?.data).toEqual({
      [RESULT_MIME]: { name: 'test loss', value: 0.123456, unit: 'nats' },
      'text/html': '<p class="halfnote">test loss: <strong>0.1235 nats</strong></p>',
      'text/plain': 'test loss: 0.1235 nats',
    });
  });

  it('is text, whatever its name', () => {
    inNotebook();
    recordResult('<b>', 1);
    expect(shown[0]?.data['text/html']).toContain('&lt;b&gt;: <strong>1.000</strong>');
  });

  it('is refused without a name or a finite number', () => {
    expect(() => {
      recordResult('loss', NaN);
    }).toThrow(/The result "loss" is NaN; allowed: a finite number/);
    expect(() => {
      recordResult(' ', 1);
    }).toThrow(/name is ' '.*the name not empty/);
  });
});
