import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { element } from '../dom/element';
import { watchOutputs } from '../notebook/watch';

/** The cell that a verdict proposes, in views of ours and in those that every front end shows. */
const PROPOSED = '.halfnote-next > code';
/** What an output may write into a notebook at a click. It isn't run. */
const LONGEST = 8000;

/** Makes a verdict's next step a button that writes it into a new cell below. */
export const nextStepPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:next-step',
  description: 'Writes what a verdict proposes into a new cell.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app, notebooks: INotebookTracker) => {
    watchOutputs(notebooks, (added, panel) => {
      if (added.matches(PROPOSED)) addButton(added, panel);
      for (const code of added.querySelectorAll(PROPOSED)) addButton(code, panel);
    });
  },
};

function addButton(code: Element, panel: NotebookPanel): void {
  const source = code.textContent;
  if (isReadOnly(panel) || source.length > LONGEST) return;
  if (code.nextElementSibling !== null) return;
  const button = element('button', { type: 'button', class: 'hn-next' }, ['Write into a new cell']);
  button.addEventListener('click', () => {
    insertBelow(panel, button, code.textContent);
  });
  code.after(button);
}

/** Whether what is written into it couldn't be kept. */
function isReadOnly({ context }: NotebookPanel): boolean {
  return context.model.readOnly || context.contentsModel?.writable === false;
}

function insertBelow({ content }: NotebookPanel, at: Element, source: string): void {
  const index = content.widgets.findIndex(({ node }) => node.contains(at));
  if (index < 0 || content.model === null) return;
  content.model.sharedModel.insertCell(index + 1, { cell_type: 'code', source });
  content.activeCellIndex = index + 1;
  void content.scrollToItem(index + 1);
  content.activate();
}
