import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { element } from './dom/element';
import { notes } from './dom/parts';
import { fallback, hasHtml } from './fallback';
import { standInOnPaper } from './paper/stand-in';
import type { Checked } from './payload';
import type { View } from './view';

/** A view's code: fetched when the first output of its type is rendered. */
export interface ViewModule<Payload> {
  readonly createView: () => View<Payload>;
  readonly check: (data: unknown) => Checked<Payload>;
}

/** A page that isn't seen paints nothing. */
const UNSEEN_MS = 100;

/** Resolves when the page has been painted and the reader's clicks and keys have had their turn. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      setTimeout(resolve);
    };
    const timer = setTimeout(resolve, UNSEEN_MS);
    requestAnimationFrame(done);
  });
}

/**
 * Renders one payload type. JupyterLab does not wait for a render before it asks for the next, so
 * they run one after another with the page's own work between, and a model that a newer one has replaced
 * is not rendered: however fast they come, one is drawn and the newest waits.
 */
export class PayloadRenderer<Payload> extends Widget implements IRenderMime.IRenderer {
  readonly #options: IRenderMime.IRendererOptions;
  readonly #load: () => Promise<ViewModule<Payload>>;
  /** What the view leaves out, below it. */
  readonly #left = element('div');
  #view: View<Payload> | undefined;
  #queue: Promise<void> = Promise.resolve();
  #ticket = 0;
  #shown: string | undefined;
  #model: IRenderMime.IMimeModel | undefined;
  readonly #endStandIn: () => void;

  constructor(options: IRenderMime.IRendererOptions, load: () => Promise<ViewModule<Payload>>) {
    super();
    this.#options = options;
    this.#load = load;
    this.addClass('hn-output');
    this.#endStandIn = standInOnPaper(this.node, () => this.#twin());
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const ticket = ++this.#ticket;
    const shown = this.#queue.then(async () => {
      if (ticket !== this.#ticket || this.isDisposed) return;
      try {
        await this.#render(model);
      } catch (error) {
        this.#complain(model, 'This output could not be shown.', [String(error)]);
      }
    });
    this.#queue = shown.then(() => (this.#view === undefined ? undefined : painted()));
    return shown;
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#endStandIn();
    this.#view?.dispose();
    super.dispose();
  }

  async #render(model: IRenderMime.IMimeModel): Promise<void> {
    const { mimeType } = this.#options;
    const { check, createView } = await this.#load();
    if (this.isDisposed) return;
    const checked = check(model.data[mimeType]);
    // Of what was checked: the data itself may be nested more deeply than can be written.
    const text = JSON.stringify(checked, (_key, value: unknown) =>
      typeof value === 'number' ? String(value) : value,
    );
    if (text === this.#shown) return;
    this.#shown = text;
    if (!checked.ok) {
      this.#complain(model, `This output is not valid ${mimeType}.`, checked.problems);
      return;
    }
    if (this.#view === undefined) {
      this.#view = createView();
      this.node.replaceChildren(this.#view.node, this.#left);
    }
    this.#left.replaceChildren(notes(checked.left));
    this.#model = model;
    await this.#view.update(checked.payload);
  }

  /** What the output is without us, where that is more than text. */
  #twin(): HTMLElement | undefined {
    const model = this.#model;
    return model && hasHtml(model) ? fallback(model, this.#options) : undefined;
  }

  /** What is wrong, and below it what the same bundle shows without us. */
  #complain(model: IRenderMime.IMimeModel, summary: string, details: readonly string[]): void {
    this.#view?.dispose();
    this.#view = undefined;
    this.node.replaceChildren(
      element('div', { class: 'hn-problem', role: 'alert' }, [
        element('p', {}, [summary]),
        element(
          'ul',
          {},
          details.map((detail) => element('li', {}, [detail])),
        ),
      ]),
      fallback(model, this.#options),
    );
  }
}
