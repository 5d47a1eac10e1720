import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { NotebookJournal } from './notebook-journal';

/** Brings back the outputs of cells that ran, or still run, while no page was there to see them. */
export const journalPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:journal',
  description: 'Restores the outputs of runs that a page has missed.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app, notebooks: INotebookTracker) => {
    notebooks.widgetAdded.connect((_, panel) => {
      const journal = new NotebookJournal(panel);
      panel.disposed.connect(() => {
        journal.dispose();
      });
    });
  },
};
