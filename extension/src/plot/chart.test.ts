import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Chart } from './chart';
import type { Figure } from './figure';

const node = vi.hoisted(() => () => {
  const attributes = new Map<string, string>();
  const setAttribute = (name: string, value: string) => attributes.set(name, value);
  return { attributes, setAttribute, clientWidth: 700, style: {}, dataset: {} };
});
const made = vi.hoisted((): ReturnType<typeof node>[] => []);

vi.mock('./theme', () => ({ readTheme: () => ({}), onThemeChange: () => undefined }));
vi.mock('../dom/element', () => ({
  element: () => {
    made.push(node());
    return made.at(-1);
  },
}));

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
