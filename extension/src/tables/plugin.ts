import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { asCsv, asLatex, asMarkdown } from './as-text';
import { gridOf, type Grid } from './grid';
import { makeSortable } from './sortable';

const COPIED: readonly (readonly [name: string, write: (grid: Grid) => string])[] = [
  ['CSV', asCsv],
  ['Markdown', asMarkdown],
  ['LaTeX', asLatex],
];

/** All tables of ours: those of views, and those that every front end shows. */
const OURS = ['.hn-view table', '.halfnote table'];

/** Sorts the tables of our outputs, and copies them for a paper from their context menu. */
export const tablesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:tables',
  description: 'Sorts the tables of outputs, and copies them as CSV, Markdown or LaTeX.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (app, notebooks: INotebookTracker) => {
    notebooks.forEach(watch);
    notebooks.widgetAdded.connect((_, panel) => {
      watch(panel);
    });
    COPIED.forEach(([name, write], rank) => {
      addCopy(app, name, write, rank);
    });
  },
};

/** Makes what is shown sortable, as it comes. */
function watch(panel: NotebookPanel): void {
  const { node } = panel.content;
  makeSortable(node);
  const observer = new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const added of addedNodes) if (added instanceof Element) makeSortable(added);
  });
  observer.observe(node, { childList: true, subtree: true });
  panel.disposed.connect(() => {
    observer.disconnect();
  });
}

function addCopy(
  app: JupyterFrontEnd,
  name: string,
  write: (grid: Grid) => string,
  rank: number,
): void {
  const command = `halfnote:copy-table-${name.toLowerCase()}`;
  app.commands.addCommand(command, {
    label: `Copy Table as ${name}`,
    describedBy: { args: { type: 'object', properties: {} } },
    isVisible: () => tableAt(app) !== undefined,
    execute: async () => {
      const table = tableAt(app);
      if (table !== undefined) await navigator.clipboard.writeText(write(gridOf(table)));
    },
  });
  for (const selector of OURS) app.contextMenu.addItem({ command, selector, rank });
}

/** The table on which the context menu was opened. */
function tableAt(app: JupyterFrontEnd): HTMLTableElement | undefined {
  const hit = app.contextMenuHitTest((node) => node instanceof HTMLTableElement);
  return hit instanceof HTMLTableElement ? hit : undefined;
}
