import { element } from '../dom/element';
import { noteChart } from './charts';
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

/** How far from what is seen a chart is drawn already, so that scrolling doesn't show it empty. */
const NEAR = '600px';
/** In a notebook that scrolls by itself, and where the page does. TypeScript doesn't know the former yet. */
const WITHIN: IntersectionObserverInit & { readonly scrollMargin: string } = {
  rootMargin: NEAR,
  scrollMargin: NEAR,
};

/**
 * One chart: a `figure` that is redrawn in place, follows its width, and frees plotly's memory. It is
 * drawn when it is about to be seen; before that it takes its room and says what it shows.
 * Draws run one after another; of those that wait, only the latest is drawn.
 */
export class Chart {
  readonly node: HTMLElement;
  readonly #plot: PlotlyNode;
  readonly #observer: ResizeObserver;
  readonly #sight: IntersectionObserver;
  readonly #lifetime = new AbortController();
  readonly #onClick: Click | undefined;
  #build: Builder | undefined;
  #drawing: Promise<void> = Promise.resolve();
  #ticket = 0;
  #width = 0;
  #listening = false;
  #seen = false;
  readonly #see = (): void => {
    if (this.#seen) return;
    this.#seen = true;
    this.#sight.disconnect();
    void this.redraw();
  };

  constructor(options: { readonly className?: string; readonly onClick?: Click } = {}) {
    this.#plot = element('div', { class: 'hn-plot', role: 'img' });
    this.node = element('figure', { class: `hn-figure ${options.className ?? ''}`.trim() }, [
      this.#plot,
    ]);
    noteChart(this.#plot, this);
    this.#onClick = options.onClick;
    this.#observer = new ResizeObserver(() => {
      if (this.#plot.clientWidth > 0 && this.#plot.clientWidth !== this.#width) {
        void this.redraw();
      }
    });
    this.#observer.observe(this.#plot);
    this.#sight = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.#see();
    }, WITHIN);
    this.#sight.observe(this.#plot);
    // On paper everything is seen.
    const { signal } = this.#lifetime;
    addEventListener('beforeprint', this.#see, { signal });
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
    const drawing = this.#drawing.then(async () => {
      if (ticket !== this.#ticket) return;
      await this.#paint();
    });
    // One that fails keeps none of those after it from being drawn.
    this.#drawing = drawing.catch(() => undefined);
    return drawing;
  }

  /** The figure as an SVG document, as it is in another theme and so many pixels wide. */
  async toSvg(theme: Theme, width: number): Promise<string> {
    const figure = this.#build?.(theme, width);
    if (figure === undefined) throw new Error('The chart has not been drawn yet.');
    const { traces: data, height } = figure;
    const size = { width, height };
    const plot = await plotly();
    return plot.toImage(
      { data, layout: { ...figure.layout, ...size } },
      { ...size, format: 'svg', imageDataOnly: true },
    );
  }

  dispose(): void {
    this.#lifetime.abort();
    this.#observer.disconnect();
    this.#sight.disconnect();
    void library?.then((plot) => {
      plot.purge(this.#plot);
    });
  }

  async #paint(): Promise<void> {
    if (this.#build === undefined || this.#isDisposed()) return;
    if (!this.#seen) {
      this.#describe(this.#build);
      return;
    }
    let plot: Plotly;
    try {
      plot = await plotly();
    } catch {
      this.#plot.textContent = 'The chart library could not be loaded; the table has the figures.';
      return;
    }
    if (this.#isDisposed()) return;
    const { traces, layout, height } = this.#describe(this.#build);
    await plot.react(this.#plot, traces, { ...layout, width: this.#width, height }, CONFIG);
    this.#listen();
    this.#scales(this.#width, height);
    this.#plot.dataset['drawn'] = String(this.#ticket);
  }

  /** The figure for the theme and width of the moment; its room and its words are there at once. */
  #describe(build: Builder): Figure {
    // While the page changes its theme, or before it shows the output, there is no width.
    this.#width = this.#plot.clientWidth || this.#width || FALLBACK_WIDTH;
    const figure = build(readTheme(this.#plot), this.#width);
    this.#plot.setAttribute('aria-label', figure.label);
    this.#plot.style.minHeight = `${figure.height}px`;
    return figure;
  }

  /** For paper, where it is as wide as the page; plotly's drawings have a size alone. */
  #scales(width: number, height: number): void {
    this.#plot.style.setProperty('--hn-aspect', `${width} / ${height}`);
    for (const drawing of this.#plot.querySelectorAll('.main-svg'))
      drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
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
