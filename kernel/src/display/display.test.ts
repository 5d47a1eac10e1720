import { afterEach, describe, expect, it, vi } from 'vitest';
import { HOST, JUPYTER_DISPLAY } from '../host';
import type { DisplayOutput } from '../host';
import { display } from './display';

function notebook(): DisplayOutput[] {
  const shown: DisplayOutput[] = [];
  (globalThis as { [HOST]?: unknown })[HOST] = {
    display: (output: DisplayOutput) => shown.push(output),
  };
  return shown;
}

afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
  vi.restoreAllMocks();
});

const shows = (text: string) => ({
  [JUPYTER_DISPLAY]: () => ({ 'text/html': `<b>${text}</b>`, 'text/plain': text }),
});

describe('display', () => {
  it('shows an object as it says, and updates it in its place', () => {
    const shown = notebook();
    const handle = display(shows('one'));
    handle.update(shows('two'));
    expect(shown).toEqual([
      {
        data: { 'text/html': '<b>one</b>', 'text/plain': 'one' },
        displayId: handle.id,
        update: false,
      },
      {
        data: { 'text/html': '<b>two</b>', 'text/plain': 'two' },
        displayId: handle.id,
        update: true,
      },
    ]);
  });

  it('takes the id it is given, and a new one each time else', () => {
    notebook();
    expect(display('a', { id: 'mine' }).id).toBe('mine');
    expect(display('a').id).not.toBe(display('a').id);
  });

  it('shows a MIME bundle as it is and other values as text', () => {
    const shown = notebook();
    display({ 'image/svg+xml': '<svg/>' });
    display({ loss: NaN });
    display(undefined);
    expect(shown.map(({ data }) => data)).toEqual([
      { 'image/svg+xml': '<svg/>' },
      { 'text/plain': '{\n  "loss": "NaN"\n}' },
      { 'text/plain': 'undefined' },
    ]);
  });

  it('prints text in a plain script', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    display(shows('one')).update(shows('two'));
    expect(log.mock.calls).toEqual([['one'], ['two']]);
  });
});
