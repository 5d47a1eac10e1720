import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

/**
 * Which notebooks have a kernel of ours, from what JupyterLab knows of each kernel: no kernel is asked for
 * it.
 */
export class OurKernels {
  readonly #ours = new WeakSet<ISessionContext>();
  readonly #heard = new Set<() => void>();

  constructor(notebooks: INotebookTracker) {
    const watch = (panel: NotebookPanel): void => {
      const { sessionContext } = panel;
      const look = (): void => {
        void this.#look(sessionContext);
      };
      sessionContext.kernelChanged.connect(look);
      void sessionContext.ready.then(look);
    };
    notebooks.forEach(watch);
    notebooks.widgetAdded.connect((_, panel) => {
      watch(panel);
    });
    notebooks.currentChanged.connect(() => {
      this.#tell();
    });
  }

  has(panel: NotebookPanel | null): panel is NotebookPanel {
    return panel !== null && !panel.isDisposed && this.#ours.has(panel.sessionContext);
  }

  /** Calls `listener` when the current notebook or its kernel is another; returns what ends that. */
  onChanged(listener: () => void): () => void {
    this.#heard.add(listener);
    return () => {
      this.#heard.delete(listener);
    };
  }

  async #look(context: ISessionContext): Promise<void> {
    const kernel = context.session?.kernel;
    const info = await kernel?.info.catch(() => undefined);
    if (context.isDisposed || context.session?.kernel !== kernel) return;
    const isOurs = info?.implementation === 'halfnote';
    if (isOurs === this.#ours.has(context)) return;
    if (isOurs) this.#ours.add(context);
    else this.#ours.delete(context);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#heard) listener();
  }
}
