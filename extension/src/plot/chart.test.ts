import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Chart } from './chart';
import type { Figure } from './figure';

/** Elements in the order in which they are made. */
const made: ReturnType<typeof node>[] = [];

function node() {
  const attributes = new Map<string, string>();
  const setAttribute = (name: string, value: string) => attributes.set(name, value);
  const append = (): void => undefined;
  return { attributes, setAttribute, append, clientWidth: 700, style: {}, dataset: {} };
}

class Observer {
  observe(): void {
    // Nothing is seen here.
  }
}

describe('a chart', () => {
  beforeEach(() => {
    vi.stubGlobal('ResizeObserver', Observer);
    vi.stubGlobal('IntersectionObserver', Observer);
    vi.stubGlobal('addEventListener', () => undefined);
    vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: () => '', fontFamily: '' }));
    vi.stubGlobal('document', {
      createElement: () => {
        const element = node();
        made.push(element);
        return element;
      },
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is drawn again after a figure that could not be made', async () => {
    const chart = new Chart();
    const [plot] = made;
    const figure: Figure = { traces: [], layout: {}, height: 100, label: 'the next' };
    const fails = chart.draw(() => {
      throw new Error('no figure');
    });
    await expect(fails).rejects.toThrow('no figure');
    await chart.draw(() => figure);
    expect(plot?.attributes.get('aria-label')).toBe('the next');
  });
});
