import { Widget } from '@lumino/widgets';
import type { LabIcon } from '@jupyterlab/ui-components';
import { element } from '../dom/element';

/** What a panel shows; its code comes when the panel is opened for the first time. */
export interface PanelBody {
  readonly node: HTMLElement;
  /** The panel is seen from now on. */
  show(): void;
  /** It isn't any more: nothing is asked for it. */
  hide(): void;
}

interface Options {
  readonly id: string;
  /** In the caption and as its heading. */
  readonly name: string;
  readonly icon: LabIcon;
  readonly load: () => Promise<PanelBody>;
}

/** A panel beside the notebooks that loads and asks nothing before it is opened. */
export class LazyPanel extends Widget {
  readonly #options: Options;
  #body: Promise<PanelBody> | undefined;

  constructor(options: Options) {
    super({ node: element('section', { 'aria-label': options.name }) });
    this.#options = options;
    this.id = options.id;
    this.addClass('hn-view');
    this.addClass('hn-panel');
    this.title.icon = options.icon;
    this.title.caption = options.name;
  }

  protected override onAfterShow(): void {
    void this.#show();
  }

  protected override onAfterAttach(): void {
    if (this.isVisible) void this.#show();
  }

  protected override onAfterHide(): void {
    void this.#body?.then((body) => {
      if (!this.isVisible) body.hide();
    });
  }

  protected override onBeforeDetach(): void {
    void this.#body?.then((body) => {
      body.hide();
    });
  }

  async #show(): Promise<void> {
    this.#body ??= this.#load();
    const body = await this.#body;
    if (this.isVisible) body.show();
  }

  async #load(): Promise<PanelBody> {
    const body = await this.#options.load();
    this.node.append(body.node);
    return body;
  }
}
