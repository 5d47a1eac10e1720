import { afterEach, describe, expect, it } from 'vitest';
import { HOST, type DisplayOutput } from '../host';
import { RecordedRun } from './recorded-run';
import { ShownRun } from './shown-run';

function notebook() {
  const listeners: (() => void)[] = [];
  const displayed: DisplayOutput[] = [];
  const value = {
    display: (output: DisplayOutput) => displayed.push(output),
    onCellEnd: (listener: () => void) => listeners.push(listener),
  };
  Object.defineProperty(globalThis, HOST, { value, configurable: true });
  const endCell = (): void => {
    for (const listener of listeners.splice(0)) listener();
  };
  return { listeners, displayed, endCell };
}

function shown(): ShownRun {
  return new ShownRun(new RecordedRun({ title: 'it', format: 'fp32', execution: 'native' }));
}

describe('trainings of a cell', () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, HOST);
  });

  it('are not held until its end, however many there are', () => {
    const { listeners, endCell } = notebook();
    for (let one = 0; one < 1000; one++) shown();
    expect(listeners.length).toBeLessThan(3);
    endCell();
  });

  it('are shown by it until it ends, three of them apart', () => {
    const { displayed, endCell } = notebook();
    const runs = Array.from({ length: 5 }, shown);
    expect(runs.map(({ isInCell }) => isInCell)).toEqual(runs.map(() => false));
    for (const run of runs) run.draw();
    expect(runs.map(({ isInCell }) => isInCell)).toEqual(runs.map(() => true));
    expect(displayed.map(({ update }) => update)).toEqual([false, false, false, true, true]);
    endCell();
    expect(runs.map(({ isInCell }) => isInCell)).toEqual(runs.map(() => false));
    const next = shown();
    next.draw();
    expect(next.isInCell).toBe(true);
    expect(displayed.at(-1)?.update).toBe(false);
    endCell();
  });
});
