import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { element } from './dom/element';
import type { Checked } from './payload';
import type { View } from './view';

/** A view's code: fetched when the first output of its type is rendered. */
export interface ViewModule<Payload> {
  readonly createView: () => View<Payload>;
  readonly check: (data: unknown) => Checked<Payload>;
}

/**
 * Renders one payload type. JupyterLab does not wait for a render before it asks for the next, so
 * they run one after another, and a model that a newer one has replaced is not rendered.
 */
export class PayloadRenderer<Payload> extends Widget implements IRenderMime.IRenderer {
  readonly #mimeType: string;
  readonly #load: () => Promise<ViewModule<Payload>>;
  #view: View<Payload> | undefined;
  #queue: Promise<void> = Promise.resolve();
  #ticket = 0;
  #shown: string | undefined;

  constructor(mimeType: string, load: () => Promise<ViewModule<Payload>>) {
    super();
    this.#mimeType = mimeType;
    this.#load = load;
    this.addClass('hn-output');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const ticket = ++this.#ticket;
    const data: unknown = model.data[this.#mimeType];
    this.#queue = this.#queue.then(async () => {
      if (ticket !== this.#ticket || this.isDisposed) return;
      try {
        await this.#render(data);
      } catch (error) {
        this.#complain('This output could not be shown.', [String(error)]);
      }
    });
    return this.#queue;
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#view?.dispose();
    super.dispose();
  }

  async #render(data: unknown): Promise<void> {
    const text = JSON.stringify(data);
    if (text === this.#shown) return;
    const { check, createView } = await this.#load();
    if (this.isDisposed) return;
    const checked = check(data);
    this.#shown = text;
    if (!checked.ok) {
      this.#complain(`This output is not valid ${this.#mimeType}.`, checked.problems);
      return;
    }
    if (this.#view === undefined) {
      this.#view = createView();
      this.node.replaceChildren(this.#view.node);
    }
    await this.#view.update(checked.payload);
  }

  #complain(summary: string, details: readonly string[]): void {
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
    );
  }
}
