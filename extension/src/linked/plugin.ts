import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { watchOutputs } from '../notebook/watch';
import type { LinkedLayers } from './linked-layers';

/** Marks the layer that is chosen in one view of a notebook in all others. */
export const linkedPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:linked',
  description: 'Marks a layer that is chosen in one view of a notebook in all others.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app, notebooks: INotebookTracker) => {
    const linked = new WeakMap<NotebookPanel, Promise<LinkedLayers | undefined>>();
    watchOutputs(notebooks, (added, panel) => {
      const known = linked.get(panel);
      // Nothing more is loaded where there is no such view.
      if (known === undefined && !mayShowLayers(added)) return;
      const layers = known ?? load(panel);
      linked.set(panel, layers);
      void layers.then((found) => {
        found?.add(added);
      });
    });
  },
};

const SHOWS = '.jp-OutputArea-output table, [data-layer]';

function mayShowLayers(added: Element): boolean {
  return added.querySelector(SHOWS) !== null || added.matches(SHOWS);
}

async function load(panel: NotebookPanel): Promise<LinkedLayers | undefined> {
  const { LinkedLayers } = await import('./linked-layers');
  if (panel.isDisposed) return undefined;
  const layers = new LinkedLayers(panel.content.node, panel.node);
  layers.add(panel.content.node);
  panel.disposed.connect(() => {
    layers.dispose();
  });
  return layers;
}
