import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';

/** Writes `source` into a new cell below the active one, and runs it where it is to be run. */
export async function insertCell(
  { content, context, sessionContext }: NotebookPanel,
  source: string,
  runs: boolean,
): Promise<void> {
  if (content.model === null || context.model.readOnly) return;
  const index = content.model.cells.length === 0 ? 0 : content.activeCellIndex + 1;
  content.model.sharedModel.insertCell(index, { cell_type: 'code', source });
  content.activeCellIndex = index;
  content.deselectAll();
  await content.scrollToItem(index);
  const cell = content.widgets[index];
  if (runs && cell !== undefined) await NotebookActions.runCells(content, [cell], sessionContext);
  else content.activate();
}
