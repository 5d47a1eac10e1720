import { afterEach, describe, expect, it, vi } from 'vitest';
import { HOST, type Host } from '../host';
import { duration, timeCell, timed } from './timing';

afterEach(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(globalThis, HOST);
});

function printed(): string[] {
  const texts: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    texts.push(text);
  });
  return texts;
}

describe('timed', () => {
  it('hands on the value of a promise and prints both times', async () => {
    const texts = printed();
    expect(await timed(() => Promise.resolve(7))).toBe(7);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^CPU time: .* \(user .*, system .*\), all threads\nWall time: /);
  });

  it('prints, and throws on, when the code fails', async () => {
    const texts = printed();
    const fail = (): never => {
      throw new TypeError('no');
    };
    await expect(timed(fail)).rejects.toThrow(TypeError);
    await expect(timed(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
    expect(texts).toHaveLength(2);
  });
});

describe('timeCell', () => {
  it('prints once the cell ends', () => {
    const texts = printed();
    const listeners: (() => void)[] = [];
    const host: Partial<Host> = { onCellEnd: (listener) => void listeners.push(listener) };
    (globalThis as { [HOST]?: Host })[HOST] = host as Host;
    timeCell();
    expect(texts).toEqual([]);
    for (const listener of listeners) listener();
    expect(texts).toHaveLength(1);
  });

  it('prints when the process ends where there is no notebook', () => {
    const once = vi.spyOn(process, 'once').mockReturnThis();
    timeCell();
    expect(once).toHaveBeenCalledWith('exit', expect.any(Function));
  });
});

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [2.5e-8, '25.0 ns'],
    [4.2e-6, '4.20 us'],
    [0.0004567, '457 us'],
    [0.00099951, '1.00 ms'],
    [0.0456, '45.6 ms'],
    [0.9996, '1.00 s'],
    [12.345, '12.3 s'],
    [59.6, '1 min 0 s'],
    [125, '2 min 5 s'],
    [3599.7, '1 h 0 min'],
    [7199, '1 h 59 min'],
  ])('%f s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
