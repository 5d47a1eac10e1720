import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { element } from '../dom/element';
import { watchOutputs } from '../notebook/watch';
import { hasShown, OUTPUTS } from './shown';

const BUTTON = 'hn-exports';
const LABEL = 'Download tables and figures';

const TABLES = ['CSV', 'Markdown', 'LaTeX'] as const;
const FIGURES = ['SVG', 'PDF', 'PNG'] as const;
/** After the entries that copy. */
const RANK = 10;

/** Downloads what outputs of ours show, for a paper: by a menu in their corner, and by the context menu. */
export const paperPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:paper',
  description: 'Downloads tables and figures of outputs for a paper.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (app, notebooks: INotebookTracker) => {
    watchOutputs(notebooks, addButtons);
    for (const [i, name] of TABLES.entries()) addTableCommand(app, name, RANK + i);
    for (const [i, name] of FIGURES.entries()) addFigureCommand(app, name, RANK + i);
  },
};

function addButtons(added: Element): void {
  const own = added.closest(OUTPUTS);
  for (const root of [...(own === null ? [] : [own]), ...added.querySelectorAll(OUTPUTS)])
    addButton(root);
}

/** In a view's corner; beside it where the view arranges what is in it by itself. */
function addButton(root: Element): void {
  const host = root.matches('.hn-view') ? root.parentElement : root;
  if (host === null || host.querySelector(`:scope > .${BUTTON}`) !== null || !hasShown(root))
    return;
  const button = element(
    'button',
    { type: 'button', class: BUTTON, title: LABEL, 'aria-label': LABEL, 'aria-haspopup': 'menu' },
    ['…'],
  );
  button.addEventListener('click', () => {
    // All that it needs is fetched now, and no sooner.
    void import('./menu').then(({ openMenu }) => {
      openMenu(root, button);
    });
  });
  host.prepend(button);
}

function addTableCommand(app: JupyterFrontEnd, name: (typeof TABLES)[number], rank: number): void {
  const command = `halfnote:download-table-${name.toLowerCase()}`;
  app.commands.addCommand(command, {
    label: `Download Table as ${name}`,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      const table = hit(app, 'table');
      if (!(table instanceof HTMLTableElement)) return;
      const { downloadTable } = await import('./download');
      downloadTable(table, name);
    },
  });
  for (const selector of ['.hn-view table', '.halfnote table'])
    app.contextMenu.addItem({ command, selector, rank });
}

function addFigureCommand(
  app: JupyterFrontEnd,
  name: (typeof FIGURES)[number],
  rank: number,
): void {
  const command = `halfnote:download-figure-${name.toLowerCase()}`;
  app.commands.addCommand(command, {
    label: name === 'PNG' ? 'Download Figure as PNG, 600 dpi' : `Download Figure as ${name}`,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      const figure = hit(app, 'img, .hn-plot');
      if (figure === undefined) return;
      const { downloadFigure } = await import('./download');
      await downloadFigure(figure, name, 'text');
    },
  });
  for (const selector of ['.halfnote img', '.hn-view .hn-plot'])
    app.contextMenu.addItem({ command, selector, rank });
}

/** That on which the context menu was opened. */
function hit(app: JupyterFrontEnd, selector: string): HTMLElement | undefined {
  return app.contextMenuHitTest((node) => node.matches(selector));
}
