import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { element } from './dom/element';
import { fallback } from './fallback';

/** Says that a payload is of a newer Halfnote than this extension, over what the bundle's HTML shows. */
export class NewerRenderer extends Widget implements IRenderMime.IRenderer {
  readonly #options: IRenderMime.IRendererOptions;

  constructor(options: IRenderMime.IRendererOptions) {
    super();
    this.#options = options;
    this.addClass('hn-output');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const [, view = '', version = ''] =
      /halfnote\.([a-z-]+)\.v(\d+)/.exec(this.#options.mimeType) ?? [];
    this.node.replaceChildren(
      element('p', { class: 'hn-hint' }, [
        `Made by a newer Halfnote (${view}, version ${version}): shown as it was stored. ` +
          'To interact with it, update the extension: pip install --upgrade halfnote-lab',
      ]),
      fallback(model, this.#options),
    );
    return Promise.resolve();
  }
}
