import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { watchOutputs } from '../notebook/watch';
import { LinkedLayers } from './linked-layers';

/** Marks the layer that is chosen in one view of a notebook in all others. */
export const linkedPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:linked',
  description: 'Marks a layer that is chosen in one view of a notebook in all others.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app, notebooks: INotebookTracker) => {
    const linked = new WeakMap<NotebookPanel, LinkedLayers>();
    watchOutputs(notebooks, (added, panel) => {
      const known = linked.get(panel);
      if (known !== undefined) {
        known.add(added);
        return;
      }
      const layers = new LinkedLayers(panel.content.node, panel.node);
      linked.set(panel, layers);
      panel.disposed.connect(() => {
        layers.dispose();
      });
      layers.add(added);
    });
  },
};
