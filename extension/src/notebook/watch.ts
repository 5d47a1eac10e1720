import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

/** Calls `found` with what each notebook shows, now and as it comes. */
export function watchOutputs(
  notebooks: INotebookTracker,
  found: (added: Element, panel: NotebookPanel) => void,
): void {
  const watch = (panel: NotebookPanel): void => {
    const { node } = panel.content;
    found(node, panel);
    const observer = new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const added of addedNodes) if (added instanceof Element) found(added, panel);
    });
    observer.observe(node, { childList: true, subtree: true });
    panel.disposed.connect(() => {
      observer.disconnect();
    });
  };
  notebooks.forEach(watch);
  notebooks.widgetAdded.connect((_, panel) => {
    watch(panel);
  });
}
