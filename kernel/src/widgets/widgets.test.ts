import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { HOST, JUPYTER_DISPLAY, type Host } from '../host';

type Library = typeof import('./index');

interface Sent {
  readonly method: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A notebook: what widgets tell it, in which request, and what a page says. */
class Notebook {
  readonly sent: Sent[] = [];
  readonly shown: { readonly request: string; readonly error: unknown }[] = [];
  current = 'cell 1';
  private message: string | undefined;
  private readonly listeners = new Map<string, (params: unknown) => unknown>();
  private interrupted: (() => void) | undefined;

  readonly host: Partial<Host> = {
    call: (method, params) => {
      this.sent.push({ method, ...(params as Omit<Sent, 'method'>) });
      return Promise.resolve();
    },
    onNotify: (method, listener) => this.listeners.set(method, listener),
    request: () => this.current,
    heard: () => this.message,
    within: (request, work) => {
      const outer = this.current;
      this.current = request;
      try {
        return work();
      } finally {
        this.current = outer;
      }
    },
    showError: (error) => this.shown.push({ request: this.current, error }),
    onInterrupted: (listener) => (this.interrupted = listener),
    display: () => undefined,
    clearOutput: () => undefined,
  };

  /** A page sends a message of a comm. Returns what its end waits for. */
  page(id: string, data: object, message = 'message'): unknown {
    this.message = message;
    try {
      return this.host.within?.(message, () =>
        this.listeners.get('comm.message')?.({ id, data, metadata: {}, buffers: [] }),
      );
    } finally {
      this.message = undefined;
    }
  }

  interrupt(): void {
    this.interrupted?.();
  }

  /** What was sent to a widget's page since the last look, as methods and states. */
  news(): unknown[] {
    const messages = this.sent.splice(0).filter(({ method }) => method === 'comm.message');
    return messages.map(({ data }) => [data['method'], data['state']]);
  }
}

let notebook: Notebook;
let library: Library;

beforeEach(async () => {
  notebook = new Notebook();
  (globalThis as { [HOST]?: unknown })[HOST] = notebook.host;
  // Comms and models of a process are known once for all.
  vi.resetModules();
  library = await import('./index.js');
});

afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
});

const update = (state: object) => ({ method: 'update', state, buffer_paths: [] });

describe('a slider', () => {
  it('tells a page what a cell has set, and only that', () => {
    const slider = new library.IntSlider({ value: 3 });
    notebook.news();
    slider.value = 4;
    slider.value = 4;
    slider.set({ min: 5, max: 9 });
    expect(notebook.news()).toEqual([
      ['update', { value: 4 }],
      ['update', { value: 5, min: 5, max: 9 }],
    ]);
  });

  it('echoes what a page has set, and corrects what it cannot be', () => {
    const slider = new library.IntSlider({ max: 10 });
    notebook.news();
    notebook.page(slider.modelId, update({ value: 7 }));
    notebook.page(slider.modelId, update({ value: 70 }));
    notebook.page(slider.modelId, update({ value: 80 }));
    expect(notebook.news()).toEqual([
      ['echo_update', { value: 7 }],
      ['echo_update', { value: 70 }],
      ['update', { value: 10 }],
      ['echo_update', { value: 80 }],
      ['update', { value: 10 }],
    ]);
  });

  it('keeps what it was where a value is refused', () => {
    const slider = new library.IntSlider({ value: 3 });
    expect(() => {
      slider.set({ value: 5, min: 200 });
    }).toThrow('IntSlider.min is 200 and max is 100. Allowed: a min up to max.');
    expect([slider.value, slider.min]).toEqual([3, 0]);
  });

  it('passes over what no page may set', () => {
    const slider = new library.IntSlider();
    const { layout } = slider;
    notebook.page(slider.modelId, update({ layout: 'IPY_MODEL_x', _view_name: 'x', unknown: 1 }));
    expect(slider.layout).toBe(layout);
    expect(slider.state['_view_name']).toBe('IntSliderView');
  });

  it('takes the properties of its parts as an object', () => {
    const slider = new library.IntSlider({
      layout: { width: '50%' },
      style: { handleColor: 'red' },
    });
    expect(slider.layout.width).toBe('50%');
    expect(slider.style.handleColor).toBe('red');
    notebook.news();
    slider.layout.width = null;
    expect(notebook.news()).toEqual([['update', { width: null }]]);
  });
});

describe('callbacks', () => {
  it('hear both ends, until they are taken away', () => {
    const box = new library.Checkbox();
    const heard: unknown[] = [];
    const off = box.onChange((value, old) => heard.push([value, old]));
    box.value = true;
    notebook.page(box.modelId, update({ value: false }));
    off();
    box.value = true;
    expect(heard).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('run as part of the cell that has added them', () => {
    const button = new library.Button();
    const requests: unknown[] = [];
    notebook.current = 'cell 2';
    button.onClick(() => requests.push(notebook.current));
    notebook.current = 'cell 3';
    notebook.page(button.modelId, { method: 'custom', content: { event: 'click' } });
    button.click();
    expect(requests).toEqual(['cell 2', 'cell 2']);
    expect(notebook.current).toBe('cell 3');
  });

  it('keep a message from being done until what they promise is, and show what fails', async () => {
    const text = new library.Text();
    let goOn: (() => void) | undefined;
    text.onChange(async () => {
      await new Promise<void>((resolve) => (goOn = resolve));
      throw new RangeError('late');
    });
    let isDone = false;
    const done = Promise.resolve(notebook.page(text.modelId, update({ value: 'x' }))).then(() => {
      isDone = true;
    });
    await Promise.resolve();
    expect(isDone).toBe(false);
    goOn?.();
    await done;
    expect(notebook.shown).toEqual([{ request: 'cell 1', error: new RangeError('late') }]);
  });

  it('hear of the properties that are named', () => {
    const slider = new library.FloatSlider();
    const heard: unknown[] = [];
    slider.observe(({ name, old, new: now }) => heard.push([name, old, now]), ['min', 'max']);
    slider.set({ value: 2, max: 5 });
    expect(heard).toEqual([['max', 100, 5]]);
    expect(() => slider.observe(() => undefined, 'vlaue' as never)).toThrow(
      "Did you mean 'value'?",
    );
  });

  it('are over with an interrupt', () => {
    const error = Object.assign(new Error('stop'), { name: 'Interrupted' });
    const box = new library.Checkbox();
    box.onChange(() => {
      throw error;
    });
    expect(() => {
      box.value = true;
    }).toThrow(error);
  });
});

describe('a dropdown', () => {
  it('has values of any kind, and their words', () => {
    const bits = new library.Dropdown({ options: { four: 4, eight: 8 } });
    expectTypeOf(bits.value).toEqualTypeOf<number | null>();
    expect([bits.value, bits.label, bits.index]).toEqual([4, 'four', 0]);
    notebook.page(bits.modelId, update({ index: 1 }));
    expect([bits.value, bits.label]).toEqual([8, 'eight']);
    bits.label = 'four';
    expect(bits.index).toBe(0);
    expect(() => {
      bits.value = 5;
    }).toThrow('Dropdown.value is 5. Allowed: one of its options, four, eight.');
  });
});

describe('an output', () => {
  it('captures by the message where there is one, and by the cell elsewhere', () => {
    const out = new library.Output();
    const button = new library.Button();
    button.onClick(() => out.capture(() => notebook.current));
    notebook.news();
    expect(out.capture(() => notebook.current)).toBe('cell 1');
    notebook.page(button.modelId, { method: 'custom', content: { event: 'click' } }, 'a click');
    const ids = ['cell 1', '', 'a click', ''];
    expect(notebook.news()).toEqual(ids.map((id) => ['update', { msg_id: id }]));
  });

  it('within another gives back to it', async () => {
    const out = new library.Output();
    notebook.news();
    await out.capture(async () => {
      out.capture(() => undefined);
      await Promise.resolve();
    });
    expect(out.msgId).toBe('');
    expect(notebook.news()).toHaveLength(2);
  });

  it('lets go after an interrupt', () => {
    const out = new library.Output();
    void out.capture(() => new Promise(() => undefined));
    expect(out.msgId).toBe('cell 1');
    notebook.interrupt();
    expect(out.msgId).toBe('');
  });
});

describe('interactive', () => {
  it('calls with the values of the controls, typed', () => {
    const calls: unknown[] = [];
    const controls = { x: [0, 10], y: ['a', 'b'], z: true, w: library.fixed(3n) } as const;
    const shown = library.interactive((values) => {
      expectTypeOf(values).toEqualTypeOf<{
        readonly x: number;
        readonly y: 'a' | 'b';
        readonly z: boolean;
        readonly w: bigint;
      }>();
      calls.push(values);
      return values.x;
    }, controls);
    const [slider] = shown.children;
    expect(slider).toBeInstanceOf(library.IntSlider);
    (slider as InstanceType<Library['IntSlider']>).value = 7;
    expect(calls).toEqual([
      { x: 5, y: 'a', z: true, w: 3n },
      { x: 7, y: 'a', z: true, w: 3n },
    ]);
    expect(shown.result).toBe(7);
  });

  it('waits for the button where it is asked to', () => {
    let calls = 0;
    const shown = library.interactive(
      () => {
        calls++;
      },
      { x: 1 },
      { manual: true },
    );
    const [slider, button] = shown.children;
    (slider as InstanceType<Library['IntSlider']>).value = 2;
    expect(calls).toBe(0);
    (button as InstanceType<Library['Button']>).click();
    expect(calls).toBe(1);
  });
});

describe('without a notebook', () => {
  beforeEach(() => {
    (globalThis as { [HOST]?: unknown })[HOST] = undefined;
  });

  it('widgets hold their values and call back', () => {
    const slider = new library.IntSlider({ value: 3 });
    const heard: number[] = [];
    slider.onChange((value) => heard.push(value));
    slider.value = 4;
    expect(heard).toEqual([4]);
    expect(Object.keys(slider[JUPYTER_DISPLAY]())).toEqual(['text/html', 'text/plain']);
    expect(inspect(slider)).toBe('IntSlider({ value: 4 })');
  });

  it('interact prints what its function gives', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    library.interact(({ x }) => 2 * x, { x: [0, 10] });
    expect(log.mock.calls[0]).toEqual(['10']);
    log.mockRestore();
  });
});
