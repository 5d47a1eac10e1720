import type { NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import type { ShellContext } from './context';

/**
 * Precision, power, joules and CO2e of a notebook's session in one line. Hidden, and without a word to any
 * kernel, unless the notebook's is ours.
 */
export class EnergyItem extends Widget {
  readonly #context: ShellContext;
  readonly #panelOf: () => NotebookPanel | null;
  #panel: NotebookPanel | null = null;
  #isShown = true;
  #end: (() => void) | undefined;
  readonly #leave: () => void;

  constructor(context: ShellContext, panelOf: () => NotebookPanel | null) {
    super();
    this.#context = context;
    this.#panelOf = panelOf;
    this.addClass('hn-energy-item');
    this.hide();
    this.#leave = context.kernels.onChanged(() => {
      this.#update();
    });
    this.#update();
  }

  setShown(isShown: boolean): void {
    this.#isShown = isShown;
    this.#update();
  }

  override dispose(): void {
    this.#leave();
    this.#end?.();
    super.dispose();
  }

  #update(): void {
    if (this.isDisposed) return;
    const panel = this.#panelOf();
    const shown = this.#isShown && this.#context.kernels.has(panel) ? panel : null;
    if (shown === this.#panel) return;
    this.#end?.();
    this.#end = undefined;
    this.#panel = shown;
    this.setHidden(shown === null);
    if (shown !== null) void this.#read(shown);
  }

  async #read(panel: NotebookPanel): Promise<void> {
    const { showEnergy } = await import('./energy-text');
    if (this.#panel !== panel || this.isDisposed || panel.isDisposed) return;
    this.#end = showEnergy(this.node, panel, this.#context);
  }
}
