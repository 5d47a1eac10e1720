import type { INotebookTracker } from '@jupyterlab/notebook';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchOutputs } from './watch';

class FakeElement {
  constructor(private readonly editor: object | null = null) {}

  closest(): object | null {
    return this.editor;
  }
}

type Tell = (changes: object[]) => void;

const observers: { tell: Tell; isOn: boolean }[] = [];

/** A tracker with one notebook, and what ends it. */
function notebook() {
  let end: () => void = () => undefined;
  const disposed = { connect: (ends: () => void) => (end = ends) };
  const panel = { content: { node: new FakeElement() }, disposed };
  const tracker = {
    forEach: (each: (panel: object) => void) => {
      each(panel);
    },
    widgetAdded: { connect: () => undefined },
  };
  const close = (): void => {
    end();
  };
  return { tracker: tracker as unknown as INotebookTracker, panel, close };
}

describe('watching what notebooks show', () => {
  beforeEach(() => {
    observers.length = 0;
    vi.stubGlobal('Element', FakeElement);
    vi.stubGlobal(
      'MutationObserver',
      class {
        readonly #entry: (typeof observers)[number];
        constructor(tell: Tell) {
          this.#entry = { tell, isOn: false };
          observers.push(this.#entry);
        }
        observe(): void {
          this.#entry.isOn = true;
        }
        disconnect(): void {
          this.#entry.isOn = false;
        }
      },
    );
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('observes a notebook once for all that watch it, and until it is closed', () => {
    const { tracker, panel, close } = notebook();
    const seen: unknown[][] = [[], []];
    for (const of of seen) watchOutputs(tracker, (added) => of.push(added));
    expect(observers).toHaveLength(1);
    const output = new FakeElement();
    observers[0]?.tell([{ target: panel.content.node, addedNodes: [output, {}] }]);
    for (const of of seen) expect(of).toEqual([panel.content.node, output]);
    close();
    expect(observers[0]?.isOn).toBe(false);
  });

  it('says nothing of what is typed', () => {
    const { tracker, panel } = notebook();
    const seen: unknown[] = [];
    watchOutputs(tracker, (added) => seen.push(added));
    observers[0]?.tell([{ target: new FakeElement({}), addedNodes: [new FakeElement()] }]);
    expect(seen).toEqual([panel.content.node]);
  });
});
