import { afterEach, expect, it, vi } from 'vitest';
import { HOST, type Host } from '../host';
import { CellHost } from '../runtime/process/cell-host';
import { beginSpan, endSpan } from './ask';
import { setDeviceWait } from './device-wait';
import { measureEnergy } from './measure';

vi.mock('../runtime/process/channel', () => ({ send: () => undefined }));

afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
});

/** A notebook whose windows take nothing, and a GPU that is waited for: what happens, in order. */
function onGpu(wait: () => void = () => undefined): string[] {
  const events: string[] = [];
  const energyJ = {
    value: 0,
    low: 0,
    high: 0,
    coverage: 0.95,
    method: 'estimated',
    complete: true,
  };
  const host: Pick<Host, 'call'> = {
    call: (method) => {
      events.push(method);
      return Promise.resolve(
        method === 'energy.begin' ? 1 : { window: { energyJ, durationS: 1 }, co2eG: 0 },
      );
    },
  };
  (globalThis as { [HOST]?: unknown })[HOST] = host;
  setDeviceWait(() => {
    events.push('wait');
    wait();
  });
  return events;
}

it('waits for the device at both ends of a window', async () => {
  const events = onGpu();
  await measureEnergy('work', () => void events.push('work'));
  expect(events).toEqual(['wait', 'energy.begin', 'work', 'wait', 'energy.end']);
  events.length = 0;
  await endSpan(await beginSpan('epoch 1'));
  expect(events).toEqual(['wait', 'energy.begin', 'wait', 'energy.end']);
});

it('ends a window also where the device has failed', async () => {
  const events = onGpu(() => {
    throw new Error('CUDA_ERROR_ILLEGAL_ADDRESS');
  });
  await measureEnergy('work', () => undefined);
  expect(events.at(-1)).toBe('energy.end');
});

it('waits at the end of each cell, before what else happens then', () => {
  const cells = new CellHost(...([] as unknown as ConstructorParameters<typeof CellHost>));
  (globalThis as { [HOST]?: unknown })[HOST] = cells;
  const events: string[] = [];
  setDeviceWait(() => void events.push('wait'));
  cells.onCellEnd(() => void events.push('cell has ended'));
  cells.cellEnded();
  cells.cellEnded();
  expect(events).toEqual(['wait', 'cell has ended', 'wait']);
});
