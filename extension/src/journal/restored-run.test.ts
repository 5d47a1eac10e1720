import type { ICodeCellModel } from '@jupyterlab/cells';
import type { KernelMessage } from '@jupyterlab/services';
import type { JournaledRun } from 'halfnote/mime/front-end';
import { describe, expect, it } from 'vitest';
import { RestoredRun } from './restored-run';

interface Shown {
  readonly output_type: string;
  readonly data?: { readonly 'text/plain': string };
}

/** A cell with a list of outputs that refuses places that it doesn't have, as JupyterLab's does. */
function cellOf(shown: Shown[]): ICodeCellModel {
  const outputs = {
    get length() {
      return shown.length;
    },
    get: (index: number) => shown[index],
    add: (output: Shown) => shown.push(output),
    set: (index: number, output: Shown) => {
      if (index >= shown.length) throw new RangeError(String(index));
      shown[index] = output;
    },
    clear: () => shown.splice(0),
  };
  const sharedModel = {
    transact: (work: () => void) => {
      work();
    },
  };
  const clearExecution = outputs.clear;
  return { outputs, sharedModel, clearExecution, isDisposed: false } as unknown as ICodeCellModel;
}

function display(text: string, id: string) {
  return { data: { 'text/plain': text }, metadata: {}, transient: { display_id: id } };
}

function message(msg_type: string, content: object): KernelMessage.IMessage {
  return { header: { msg_type }, content } as unknown as KernelMessage.IMessage;
}

describe('a run that is brought back', () => {
  const ran: JournaledRun = {
    ...{
      cellId: 'a',
      requestId: 'r',
      executionCount: 1,
      state: 'running',
      omittedBytes: 0,
      saved: null,
    },
    outputs: [
      { type: 'stream', content: { name: 'stdout', text: 'first' } },
      { type: 'display_data', content: display('one', 'd') },
    ],
  };

  it('updates no other output where the reader has cleared some', () => {
    const shown: Shown[] = [];
    const run = new RestoredRun(cellOf(shown), ran);
    shown.splice(0);
    run.receive(message('display_data', display('other', 'e')));
    run.receive(message('display_data', display('another', 'f')));
    run.receive(message('update_display_data', display('two', 'd')));
    expect(shown.map(({ data }) => data?.['text/plain'])).toEqual(['other', 'another']);
    run.receive(message('update_display_data', display('three', 'f')));
    expect(shown.map(({ data }) => data?.['text/plain'])).toEqual(['other', 'three']);
  });

  it('updates a display each time, wherever it is shown', () => {
    const shown: Shown[] = [];
    const run = new RestoredRun(cellOf(shown), ran);
    run.receive(message('display_data', display('one', 'd')));
    for (const text of ['two', 'three']) {
      run.receive(message('update_display_data', display(text, 'd')));
      expect(shown.slice(1).map(({ data }) => data?.['text/plain'])).toEqual([text, text]);
    }
  });

  it('adds what came after a save to what the file has', () => {
    const shown: Shown[] = [{ data: { 'text/plain': 'of the file' } } as Shown];
    const run = new RestoredRun(cellOf(shown), {
      ...ran,
      state: 'ended',
      saved: { count: 1, displays: [] },
      outputs: [{ type: 'display_data', content: display('late', 'l') }],
    });
    run.receive(message('display_data', display('later', 'm')));
    expect(shown.map(({ data }) => data?.['text/plain'])).toEqual(['of the file', 'late', 'later']);
  });

  describe('whose file was saved before a display was updated', () => {
    const file = (...texts: string[]): Shown[] =>
      texts.map((text) => ({ output_type: 'display_data', data: { 'text/plain': text } }));
    const restore = (shown: Shown[]) =>
      new RestoredRun(cellOf(shown), {
        ...ran,
        state: 'ended',
        saved: { count: 2, displays: [{ id: 'd', place: 1 }] },
        outputs: [{ type: 'update_display_data', content: display('two', 'd') }],
      });
    const texts = (shown: Shown[]) => shown.map(({ data }) => data?.['text/plain']);

    it('shows what the display became, in its place, and what it becomes', () => {
      const shown = file('before', 'one');
      const run = restore(shown);
      expect(texts(shown)).toEqual(['before', 'two']);
      run.receive(message('update_display_data', display('three', 'd')));
      expect(texts(shown)).toEqual(['before', 'three']);
    });

    it('leaves outputs as they are that the reader has changed', () => {
      for (const texts of [[], ['before'], ['one', 'two', 'three']]) {
        const shown = file(...texts);
        restore(shown);
        expect(shown).toEqual(file(...texts));
      }
    });
  });
});
