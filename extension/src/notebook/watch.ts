import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

type Found = (added: Element, panel: NotebookPanel) => void;

/** Who is told what a notebook shows: one observer for all of them. */
const watched = new WeakMap<NotebookPanel, Set<Found>>();

/** Calls `found` with what each notebook shows, now and as it comes; not with what is typed. */
export function watchOutputs(notebooks: INotebookTracker, found: Found): void {
  const watch = (panel: NotebookPanel): void => {
    const known = watched.get(panel);
    (known ?? observe(panel)).add(found);
    found(panel.content.node, panel);
  };
  notebooks.forEach(watch);
  notebooks.widgetAdded.connect((_, panel) => {
    watch(panel);
  });
}

function observe(panel: NotebookPanel): Set<Found> {
  const all = new Set<Found>();
  watched.set(panel, all);
  const observer = new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      // Each key that is typed in a cell changes its editor, which has no outputs.
      if ((target as Element).closest('.cm-editor') !== null) continue;
      for (const added of addedNodes) {
        if (!(added instanceof Element)) continue;
        for (const found of all) found(added, panel);
      }
    }
  });
  observer.observe(panel.content.node, { childList: true, subtree: true });
  panel.disposed.connect(() => {
    observer.disconnect();
  });
  return all;
}
