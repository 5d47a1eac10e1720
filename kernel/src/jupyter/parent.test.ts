import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchParent } from './parent';

describe('watching the parent', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends the kernel once when its parent has ended', () => {
    let parent = 100;
    const gone = vi.fn();
    watchParent(gone, { JPY_PARENT_PID: '100' }, () => parent);
    vi.advanceTimersByTime(5000);
    expect(gone).not.toHaveBeenCalled();
    parent = 1;
    vi.advanceTimersByTime(5000);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it('watches nothing when Jupyter did not start the kernel', () => {
    let parent = 100;
    const gone = vi.fn();
    watchParent(gone, {}, () => parent);
    parent = 1;
    vi.advanceTimersByTime(5000);
    expect(gone).not.toHaveBeenCalled();
  });
});
