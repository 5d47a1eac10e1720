import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOST } from '../host';
import { parsePolicy } from './policy';
import { PolicyNews } from './policy-news';

/** A notebook, and a session whose policy in force is entered and left. */
function setUp() {
  const told: (string | null)[] = [];
  const listeners: (() => void)[] = [];
  const value = {
    onCellEnd: (listener: () => void) => listeners.push(listener),
    call: (_: string, { running }: { running: string | null }) => {
      told.push(running);
      return Promise.resolve();
    },
  };
  Object.defineProperty(globalThis, HOST, { value, configurable: true });
  const session = { policy: parsePolicy('fp32'), keep: '' };
  let inForce = session;
  const news = new PolicyNews(() => [session, inForce]);
  const within = (name: string): void => {
    inForce = { policy: parsePolicy(name), keep: '' };
    news.tell();
    inForce = session;
    news.tellSoon();
  };
  const endCell = (): void => {
    for (const listener of listeners.splice(0)) listener();
  };
  return { told, listeners, within, endCell };
}

describe('what is told of scopes in a loop', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    Reflect.deleteProperty(globalThis, HOST);
  });

  it('is one scope, until the cell ends, and nothing is kept for each step', () => {
    const { told, listeners, within, endCell } = setUp();
    for (let step = 0; step < 1000; step++) within('bf16');
    expect(told).toEqual(['bf16']);
    expect(listeners.length).toBe(1);
    endCell();
    expect(told).toEqual(['bf16', null]);
  });

  it('is that scope all the time, where steps wait between', () => {
    const { told, within } = setUp();
    for (let step = 0; step < 1000; step++) {
      within('bf16');
      vi.advanceTimersByTime(20);
    }
    expect(told).toEqual(['bf16']);
    vi.advanceTimersByTime(1000);
    expect(told).toEqual(['bf16', null]);
  });

  it('is now one and now the other of two that take turns, not each of them', () => {
    const { told, within, endCell } = setUp();
    for (let step = 0; step < 1000; step++) {
      within('bf16');
      within('fp16');
      vi.advanceTimersByTime(1);
    }
    expect(told.length).toBeGreaterThan(3);
    expect(told.length).toBeLessThan(30);
    endCell();
    expect(told.at(-1)).toBeNull();
  });

  it('is the last that holds, also where it came right after another and the cell goes on', () => {
    const { told, within } = setUp();
    within('bf16');
    within('fp16');
    vi.advanceTimersByTime(1000);
    expect(told.at(-1)).toBeNull();
  });

  it('goes on in the cell after', () => {
    const { told, within, endCell } = setUp();
    for (let cell = 0; cell < 2; cell++) {
      within('bf16');
      vi.advanceTimersByTime(100);
      endCell();
      vi.advanceTimersByTime(100);
    }
    expect(told).toEqual(['bf16', null, 'bf16', null]);
  });
});
