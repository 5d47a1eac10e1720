import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { watchOutputs } from '../notebook/watch';

const COPIED = ['CSV', 'Markdown', 'LaTeX'] as const;

/** All tables of ours: those of views, and those that every front end shows. */
const SORTED = '.halfnote table';
const OURS = ['.hn-view table', SORTED];

/** Sorts the tables of our outputs, and copies them for a paper from their context menu. */
export const tablesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:tables',
  description: 'Sorts the tables of outputs, and copies them as CSV, Markdown or LaTeX.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (app, notebooks: INotebookTracker) => {
    watchOutputs(notebooks, sortWithin);
    COPIED.forEach((name, rank) => {
      addCopy(app, name, rank);
    });
  },
};

/** Nothing more is loaded where there is no such table. */
function sortWithin(added: Element): void {
  if (!added.matches(SORTED) && added.querySelector(SORTED) === null) return;
  void import('./sortable').then(({ makeSortable }) => {
    makeSortable(added, SORTED);
  });
}

function addCopy(app: JupyterFrontEnd, name: (typeof COPIED)[number], rank: number): void {
  const command = `halfnote:copy-table-${name.toLowerCase()}`;
  app.commands.addCommand(command, {
    label: `Copy Table as ${name}`,
    describedBy: { args: { type: 'object', properties: {} } },
    isVisible: () => tableAt(app) !== undefined,
    execute: async () => {
      const table = tableAt(app);
      if (table === undefined) return;
      const { tableAs } = await import('./as-text');
      await navigator.clipboard.writeText(tableAs(name, table));
    },
  });
  for (const selector of OURS) app.contextMenu.addItem({ command, selector, rank });
}

/** The table on which the context menu was opened. */
function tableAt(app: JupyterFrontEnd): HTMLTableElement | undefined {
  const hit = app.contextMenuHitTest((node) => node instanceof HTMLTableElement);
  return hit instanceof HTMLTableElement ? hit : undefined;
}
