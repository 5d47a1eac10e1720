import type { LayersModel } from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { HOST, type Host } from '../../host';
import { afterFit, duringFit, noteStep, refuseInFit } from './fits';

const model = { name: 'net' } as LayersModel;
let endCell: (() => void)[] = [];
const place = globalThis as { [HOST]?: Partial<Host> | undefined };

beforeAll(() => {
  place[HOST] = { onCellEnd: (listener) => void endCell.push(listener) };
});
afterAll(() => {
  place[HOST] = undefined;
});

afterEach(() => {
  endCell.forEach((end) => {
    end();
  });
  endCell = [];
});

const refusal = (): string => {
  try {
    refuseInFit('fp16');
    return '';
  } catch (error) {
    return String(error);
  }
};

it('has a change wait until the last fit has ended, and no longer', async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const fit = duringFit(model, 'bf16', () => gate);
  const made: string[] = [];
  expect(afterFit(() => made.push('later'))).toBe(true);
  expect(made).toEqual([]);
  expect(refusal()).toContain('model.fit of "net" is running under bf16');
  open();
  await fit;
  expect(made).toEqual(['later']);
  expect(refusal()).toBe('');
  expect(afterFit(() => made.push('now'))).toBe(false);
  expect(made).toEqual(['later', 'now']);
});

it('forgets a fit that was stopped with its cell, but not one that goes on', () => {
  void duringFit(model, 'bf16', () => new Promise(() => undefined));
  noteStep();
  expect(refusal()).not.toBe('');
  endCell.forEach((end) => {
    end();
  });
  endCell = [];
  noteStep();
  expect(refusal()).not.toBe('');

  void duringFit(model, 'fp16', () => new Promise(() => undefined));
  endCell.forEach((end) => {
    end();
  });
  endCell = [];
  // The first has taken a step since its cell ended; the second has not.
  expect(refusal()).toContain('bf16');
});
