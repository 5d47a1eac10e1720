import { element } from '../dom/element';
import { drawn } from './svg';

/** What is drawn for a width in pixels. */
export interface Drawn {
  /** Pixels. */
  readonly height: number;
  readonly children: readonly SVGElement[];
}

type Builder = (width: number) => Drawn;

const FALLBACK_WIDTH = 420;

/** A drawing in the colors of the page's style sheet, made anew for each width that it gets. */
export class Drawing {
  readonly node = element('div', { class: 'hn-drawing' });
  readonly #svg = drawn('svg', {
    'aria-hidden': 'true',
    style: 'display:block;overflow:visible;width:100%',
  });
  readonly #observer: ResizeObserver;
  #build: Builder | undefined;
  #width = 0;

  constructor() {
    this.node.append(this.#svg);
    this.#observer = new ResizeObserver(() => {
      if (this.node.clientWidth > 0 && this.node.clientWidth !== this.#width) this.#paint();
    });
    this.#observer.observe(this.node);
  }

  get width(): number {
    return this.node.clientWidth || this.#width || FALLBACK_WIDTH;
  }

  draw(build: Builder): void {
    this.#build = build;
    this.#paint();
  }

  dispose(): void {
    this.#observer.disconnect();
  }

  #paint(): void {
    if (this.#build === undefined) return;
    this.#width = this.width;
    const { height, children } = this.#build(this.#width);
    this.#svg.setAttribute('viewBox', `0 0 ${this.#width} ${height}`);
    this.#svg.replaceChildren(...children);
  }
}
