import { element } from '../dom/element';
import type { Figure, Theme } from './figure';
import { onThemeChange, readTheme } from './theme';

type Plotly = (typeof import('plotly.js-cartesian-dist-min'))['default'];
type Builder = (theme: Theme, width: number) => Figure;
type Click = (point: { readonly x: unknown; readonly y: unknown }) => void;

interface ClickEvent {
  readonly points: readonly { readonly x: unknown; readonly y: unknown }[];
}

interface PlotlyNode extends HTMLElement {
  on?: (event: string, listener: (event: ClickEvent) => void) => void;
}

const CONFIG = { displayModeBar: false, responsive: false, showTips: false } as const;
const FALLBACK_WIDTH = 720;

let library: Promise<Plotly> | undefined;

/** Plotly, fetched when the first chart of the page needs it. */
function plotly(): Promise<Plotly> {
  library ??= import('plotly.js-cartesian-dist-min').then(
    (module) => module.default,
    (error: unknown) => {
      library = undefined;
      throw error;
    },
  );
  return library;
}

/**
 * One chart: a `figure` that is redrawn in place, follows its width, and frees plotly's memory.
 * Draws run one after another; of those that wait, only the latest is drawn.
 */
export class Chart {
  readonly node: HTMLElement;
  readonly #plot: PlotlyNode;
  readonly #observer: ResizeObserver;
  readonly #lifetime = new AbortController();
  readonly #onClick: Click | undefined;
  #build: Builder | undefined;
  #drawing: Promise<void> = Promise.resolve();
  #ticket = 0;
  #width = 0;
  #listening = false;

  constructor(options: { readonly className?: string; readonly onClick?: Click } = {}) {
    this.#plot = element('div', { class: 'hn-plot', role: 'img' });
    this.node = element('figure', { class: `hn-figure ${options.className ?? ''}`.trim() }, [
      this.#plot,
    ]);
    this.#onClick = options.onClick;
    this.#observer = new ResizeObserver(() => {
      if (this.#plot.clientWidth > 0 && this.#plot.clientWidth !== this.#width) {
        void this.redraw();
      }
    });
    this.#observer.observe(this.#plot);
    onThemeChange(() => void this.redraw(), this.#lifetime.signal);
  }

  /** Shows the figure that `build` makes for the theme and width of the moment. */
  draw(build: Builder): Promise<void> {
    this.#build = build;
    return this.redraw();
  }

  /** Draws again, after the theme or the width has changed. */
  redraw(): Promise<void> {
    const ticket = ++this.#ticket;
    this.#drawing = this.#drawing.then(async () => {
      if (ticket !== this.#ticket) return;
      await this.#paint();
    });
    return this.#drawing;
  }

  dispose(): void {
    this.#lifetime.abort();
    this.#observer.disconnect();
    void library?.then((plot) => {
      plot.purge(this.#plot);
    });
  }

  async #paint(): Promise<void> {
    if (this.#build === undefined || this.#isDisposed()) return;
    let plot: Plotly;
    try {
      plot = await plotly();
    } catch {
      this.#plot.textContent = 'The chart library could not be loaded; the table has the figures.';
      return;
    }
    if (this.#isDisposed()) return;
    // While the page changes its theme, or before it shows the output, there is no width.
    this.#width = this.#plot.clientWidth || this.#width || FALLBACK_WIDTH;
    const width = this.#width;
    const figure = this.#build(readTheme(this.#plot), width);
    this.#plot.setAttribute('aria-label', figure.label);
    await plot.react(
      this.#plot,
      figure.traces,
      { ...figure.layout, width, height: figure.height },
      CONFIG,
    );
    this.#listen();
    this.#plot.dataset['drawn'] = String(this.#ticket);
  }

  #listen(): void {
    const click = this.#onClick;
    if (this.#listening || click === undefined) return;
    this.#listening = true;
    this.#plot.on?.('plotly_click', (event) => {
      const point = event.points[0];
      if (point !== undefined) click(point);
    });
  }

  /** Whether it was disposed of while something was awaited. */
  #isDisposed(): boolean {
    return this.#lifetime.signal.aborted;
  }
}
