import { describe, expect, it } from 'vitest';
import {
  createInterruptState,
  InterruptError,
  Interrupts,
  PHASE,
  SLOT,
  unwrapped,
} from './interrupts';

function interrupts(): { state: Int32Array; main: Interrupts } {
  const state = createInterruptState();
  return { state, main: new Interrupts(state, () => undefined) };
}

describe('an interrupt that comes ahead of the run that it is meant for', () => {
  it('stops that run as it begins', () => {
    const { state, main } = interrupts();
    Atomics.store(state, SLOT.target, 3);
    void main.begin(3);
    expect(() => {
      main.throwIfWanted();
    }).toThrow(InterruptError);
    expect(Atomics.load(state, SLOT.acknowledged)).toBe(1);
  });

  it.each([2, 4])('does not stop run %i', (run) => {
    const { state, main } = interrupts();
    Atomics.store(state, SLOT.target, 3);
    void main.begin(run);
    expect(() => {
      main.throwIfWanted();
    }).not.toThrow();
  });
});

describe('an interrupt that ends the children of a run before it reaches the run', () => {
  it('ends the run, however it took their end', () => {
    const { state, main } = interrupts();
    void main.begin(3);
    expect(main.hasTakenChildren).toBe(false);
    Atomics.store(state, SLOT.childrenTold, 3);
    expect(main.hasTakenChildren).toBe(true);
    expect(() => {
      main.throwIfChildrenTaken();
    }).toThrow(InterruptError);
    expect(main.hasTakenChildren).toBe(false);
  });

  it('leaves a run alone that has caught it, and the next one', () => {
    const { state, main } = interrupts();
    void main.begin(3);
    Atomics.store(state, SLOT.childrenTold, 3);
    main.interrupt();
    expect(main.hasTakenChildren).toBe(false);
    main.end();
    void main.begin(4);
    expect(main.hasTakenChildren).toBe(false);
  });
});

it('does not take what was posted for an earlier run for its own', async () => {
  const { state, main } = interrupts();
  Atomics.store(state, SLOT.target, 3);
  const interrupted = main.begin(4);
  main.heard();
  expect(await Promise.race([interrupted, Promise.resolve('goes on')])).toBe('goes on');
  Atomics.store(state, SLOT.target, 4);
  main.heard();
  await expect(interrupted).rejects.toThrow(InterruptError);
});

it('is busy from the first moment of a run, so that nobody takes it for ended', () => {
  const { state, main } = interrupts();
  void main.begin(1);
  expect(Atomics.load(state, SLOT.phase)).toBe(PHASE.asynchronous);
  main.end();
  expect(Atomics.load(state, SLOT.phase)).toBe(PHASE.idle);
});

it('knows of a run that should have ended and has not', () => {
  const { main } = interrupts();
  void main.begin(1);
  expect(main.isOverdue).toBe(false);
  main.interrupt();
  expect(main.isOverdue).toBe(true);
  main.end();
  expect(main.isOverdue).toBe(false);
});

it('stops work that goes on behind its cell, and spares the next cell', () => {
  const { main } = interrupts();
  void main.begin(1);
  main.throwIfInterrupted();
  main.interrupt();
  main.end();
  expect(() => {
    main.throwIfInterrupted();
  }).toThrow(InterruptError);
  void main.begin(2);
  expect(() => {
    main.throwIfInterrupted();
  }).not.toThrow();
});

it.each([
  [5_000, 4_000],
  [2 ** 31 + 500, 2 ** 31 - 500],
  [2 ** 32 + 500, 2 ** 32 - 500],
])('a clock of 32 bits tells at %i ms of what began at %i ms', (nowMs, begunMs) => {
  expect(unwrapped(begunMs | 0, nowMs)).toBe(begunMs);
});
