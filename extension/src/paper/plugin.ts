import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { element } from '../dom/element';
import { watchOutputs } from '../notebook/watch';
import { hasShown, OUTPUTS } from './outputs';

const BUTTON = 'hn-exports';
const LABEL = 'Download tables and figures';

const COMMAND = 'halfnote:download';
const ENTRIES = [
  {
    kind: 'Table',
    formats: ['CSV', 'Markdown', 'LaTeX'],
    selectors: ['.hn-view table', '.halfnote table'],
  },
  {
    kind: 'Figure',
    formats: ['SVG', 'PDF', 'PNG'],
    selectors: ['.halfnote img', '.hn-view .hn-plot'],
  },
] as const;
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
    addCommand(app);
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

/** One command for all: its arguments say what is downloaded, and how. */
function addCommand(app: JupyterFrontEnd): void {
  app.commands.addCommand(COMMAND, {
    label: ({ kind, format }) =>
      `Download ${text(kind)} as ${text(format)}${format === 'PNG' ? ', 600 dpi' : ''}`,
    describedBy: {
      args: {
        type: 'object',
        properties: { kind: { type: 'string' }, format: { type: 'string' } },
      },
    },
    execute: async ({ format }) => {
      const shown = app.contextMenuHitTest((node) => node.matches('table, img, .hn-plot'));
      const { download } = await import('./download');
      if (shown !== undefined) await download(shown, text(format));
    },
  });
  for (const { kind, formats, selectors } of ENTRIES)
    formats.forEach((format, i) => {
      for (const selector of selectors)
        app.contextMenu.addItem({
          command: COMMAND,
          args: { kind, format },
          selector,
          rank: RANK + i,
        });
    });
}

function text(argument: unknown): string {
  return typeof argument === 'string' ? argument : '';
}
