import { describe, expect, it } from 'vitest';
import type { Frame } from './frames';
import type { CallFrame } from './inspector-types';
import { Step } from './stepping';

function frame(line: number, functionLine = 1): Frame {
  const functionLocation = { scriptId: '1', lineNumber: functionLine, columnNumber: 0 };
  const call = {
    callFrameId: '0',
    functionName: 'f',
    functionLocation,
    location: functionLocation,
    url: '',
    scopeChain: [],
    this: { type: 'undefined' },
  };
  return { call, name: 'f', path: '/cell.ts', line, column: 1, isUsers: true };
}

const calls = (depth: number): readonly CallFrame[] =>
  Array.from({ length: depth }, () => frame(1).call);

describe('a step', () => {
  it('goes on through the statements of its line, and ends at another', () => {
    const step = new Step('next', frame(3), 2);
    expect(step.after(frame(3), calls(2), true)).toBe('Debugger.stepOver');
    expect(step.after(frame(4), calls(2), true)).toBeUndefined();
  });

  it('ends on its own line in another function, and in a deeper call of this one', () => {
    const step = new Step('stepIn', frame(3), 2);
    expect(step.after(frame(3, 2), calls(3), true)).toBeUndefined();
    expect(step.after(frame(3), calls(3), true)).toBeUndefined();
  });

  it('leaves code that is not the user’s for where it was called from, or for good', () => {
    const step = new Step('stepIn', frame(3), 2);
    expect(step.after(undefined, calls(4), true)).toBe('Debugger.stepOut');
    expect(step.after(undefined, calls(1), false)).toBe('Debugger.resume');
  });

  it('out of a function ends where that was called, be it on the same line', () => {
    expect(new Step('stepOut', frame(3), 2).after(frame(3), calls(1), true)).toBeUndefined();
  });

  it('ends at last in a loop on one line', () => {
    const step = new Step('next', frame(3), 2);
    let steps = 0;
    while (step.after(frame(3), calls(2), true) !== undefined) steps++;
    expect(steps).toBeGreaterThan(50);
  });
});
