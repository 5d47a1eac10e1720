import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOST, type Host } from '../host';
import type { Comm, CommMessage } from './comm';

type Library = typeof import('./comms');
type Call = readonly [method: string, params: Readonly<Record<string, unknown>>];

/** The notebook's end: what the library asks of it, and what a front end says. */
let calls: Call[] = [];
const listeners = new Map<string, (params: unknown) => void>();
let library: Library;

function hear(method: string, params: Partial<CommMessage> & { id: string; target?: string }) {
  listeners.get(method)?.({ data: {}, metadata: {}, buffers: [], ...params });
}

beforeEach(async () => {
  calls = [];
  listeners.clear();
  const host: Partial<Host> = {
    call: (method, params) => {
      calls.push([method, params as Call[1]]);
      return Promise.resolve();
    },
    onNotify: (method, listener) => listeners.set(method, listener),
  };
  (globalThis as { [HOST]?: Partial<Host> })[HOST] = host;
  // The comms of a process are known once for all.
  vi.resetModules();
  library = await import('./comms.js');
});

afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
});

describe('a comm that a cell opens', () => {
  it('tells the front end its target, data and bytes', () => {
    const numbers = new Float32Array([1]);
    const comm = library.openComm('plot', { kind: 'line' }, { buffers: [numbers.buffer] });
    expect(calls).toEqual([
      [
        'comm.open',
        {
          ...{ id: comm.id, target: 'plot', data: { kind: 'line' }, metadata: {} },
          buffers: [new Uint8Array([0, 0, 128, 63])],
        },
      ],
    ]);
    expect(comm.isOpen).toBe(true);
  });

  it('sends the part of a buffer that a view shows', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const view = new DataView(bytes.buffer, 1, 2);
    library.openComm('t').send({}, { buffers: [view, bytes.subarray(3)] });
    expect(calls[1]?.[1]['buffers']).toEqual([new Uint8Array([2, 3]), new Uint8Array([4])]);
  });

  it('hears messages until the listener is taken away', () => {
    const comm = library.openComm<{ n: number }>('t');
    const heard: number[] = [];
    const off = comm.onMessage(({ data }) => heard.push(data.n));
    hear('comm.message', { id: comm.id, data: { n: 1 } });
    off();
    hear('comm.message', { id: comm.id, data: { n: 2 } });
    hear('comm.message', { id: 'unknown', data: { n: 3 } });
    expect(heard).toEqual([1]);
  });

  it('is closed once, by either end, and then sends nothing', () => {
    const closed: unknown[] = [];
    for (const close of [
      (comm: Comm) => {
        comm.close({ by: 'cell' });
      },
      (comm: Comm) => {
        hear('comm.close', { id: comm.id, data: { by: 'front end' } });
      },
    ]) {
      const comm = library.openComm('t');
      comm.onClose(({ data }) => closed.push(data));
      close(comm);
      comm.close();
      expect(comm.isOpen).toBe(false);
      expect(() => {
        comm.send({});
      }).toThrow(`The comm ${comm.id} of "t" is closed.\nOpen a new one with openComm`);
    }
    expect(closed).toEqual([{ by: 'cell' }, { by: 'front end' }]);
    expect(calls.map(([method]) => method)).toEqual(['comm.open', 'comm.close', 'comm.open']);
  });

  it('calls every listener, then throws what the first threw', () => {
    const comm = library.openComm('t');
    const heard: string[] = [];
    comm.onMessage(() => {
      throw new RangeError('first');
    });
    comm.onMessage(() => heard.push('second'));
    expect(() => {
      hear('comm.message', { id: comm.id });
    }).toThrow('first');
    expect(heard).toEqual(['second']);
  });

  it.each([
    ['a list', [1], 'Comms carry objects, not [1].'],
    ['text', 'hi', 'Comms carry objects, not "hi".'],
    ['nothing', null, 'Comms carry objects, not null.'],
    [
      'a bigint',
      { big: 1n },
      "Comm data that JSON can't hold: Do not know how to serialize a BigInt",
    ],
  ])('refuses %s as data, and opens nothing with it', (_, data, told) => {
    expect(() => library.openComm('t', data as never)).toThrow(told);
    expect(calls).toEqual([]);
  });
});

describe('a comm that a front end opens', () => {
  it('goes to the target registered last under its name', () => {
    const got: string[] = [];
    library.registerCommTarget('t', () => got.push('old'));
    const off = library.registerCommTarget('t', (comm, { data }) => {
      got.push(`new ${comm.id} ${JSON.stringify(data)}`);
    });
    hear('comm.open', { id: 'c1', target: 't', data: { a: 1 } });
    expect(got).toEqual(['new c1 {"a":1}']);
    off();
    expect(calls.map(([method]) => method)).toEqual([
      'comm.register',
      'comm.register',
      'comm.unregister',
    ]);
  });

  it('is closed where no target takes it, or the target fails', () => {
    library.registerCommTarget('bad', () => {
      throw new Error('no');
    });
    hear('comm.open', { id: 'c1', target: 'nobody' });
    // The runtime shows it below the message that asked.
    expect(() => {
      hear('comm.open', { id: 'c2', target: 'bad' });
    }).toThrow('no');
    expect(calls.filter(([method]) => method === 'comm.close').map(([, { id }]) => id)).toEqual([
      'c1',
      'c2',
    ]);
  });

  it('stays with the newer target when the older one is taken away', () => {
    const got: string[] = [];
    const offOld = library.registerCommTarget('t', () => got.push('old'));
    library.registerCommTarget('t', () => got.push('new'));
    offOld();
    hear('comm.open', { id: 'c1', target: 't' });
    expect(got).toEqual(['new']);
  });
});

it('comms need a notebook', () => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
  expect(() => library.openComm('t')).toThrow('there is no notebook here.\nRun this in a cell.');
});
