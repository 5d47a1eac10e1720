import {
  lossScaleHistory,
  powerOfTwo,
  scaleAt,
  scaleText,
  type LossScaleHistory,
} from 'halfnote/mime';
import type { GradientRanges } from 'halfnote/mime/ranges';
import { element } from '../dom/element';
import { details } from '../dom/parts';
import { SortableTable, type Column } from '../dom/table';
import { Chart } from '../plot/chart';
import { axis, axisTitle, baseLayout, literal, type Figure, type Theme } from '../plot/figure';
import { lossScaleTraces } from '../plot/loss-scale';

const HEIGHT = 190;
const MOST_TICKS = 6;

/** What happened at a step: the scale from it on, or that it was skipped. */
interface Happening {
  readonly step: number;
  readonly exponent: number;
  readonly what: 'scale' | 'skipped';
}

const COLUMNS: readonly Column<Happening>[] = [
  {
    id: 'step',
    title: 'Step',
    hint: 'Optimizer steps tried before',
    numeric: true,
    value: ({ step }) => step,
    cell: ({ step }) => step.toLocaleString('en'),
  },
  {
    id: 'scale',
    title: 'Loss scale',
    hint: 'In force at the step',
    numeric: true,
    value: ({ exponent }) => exponent,
    cell: ({ exponent }) => scaleText(2 ** exponent),
  },
  {
    id: 'what',
    title: 'What',
    hint: 'A new scale, or a step skipped',
    value: ({ what }) => what,
    cell: ({ what }) => (what === 'skipped' ? 'step skipped' : 'scale set'),
  },
];

/** The loss scale over the steps, with its table; hidden where nothing happened. */
export class LossScale {
  readonly node = element('div', { class: 'hn-loss-scale' });
  readonly #chart = new Chart();
  readonly #table = new SortableTable<Happening>({
    caption: 'The loss scale as a table',
    columns: COLUMNS,
  });

  constructor() {
    this.node.append(this.#chart.node, details('The loss scale as a table', [this.#table.node]));
  }

  async update(lossScale: GradientRanges['lossScale']): Promise<void> {
    const history = lossScaleHistory(lossScale);
    this.node.hidden = history === undefined;
    if (history === undefined) return;
    this.#table.update(happenings(history));
    await this.#chart.draw((theme) => lossScaleFigure(history, theme));
  }

  dispose(): void {
    this.#chart.dispose();
  }
}

/** Changes and skipped steps in their order. */
export function happenings(history: LossScaleHistory): Happening[] {
  const changes = history.points.map((point) => ({ ...point, what: 'scale' as const }));
  const skips = history.skippedAt.map((step) => ({
    step,
    exponent: scaleAt(history, step),
    what: 'skipped' as const,
  }));
  return [...changes, ...skips].toSorted((a, b) => a.step - b.step);
}

/** A step function on a log2 axis; a cross for each skipped step. */
export function lossScaleFigure(history: LossScaleHistory, theme: Theme): Figure {
  const { points, steps, summary } = history;
  const exponents = points.map(({ exponent }) => exponent);
  const low = Math.floor(Math.min(...exponents)) - 1;
  const high = Math.ceil(Math.max(...exponents)) + 1;
  const tick = Math.max(1, Math.ceil((high - low) / MOST_TICKS));
  const ticks = Array.from(
    { length: Math.floor((high - low) / tick) + 1 },
    (_, i) => low + i * tick,
  );
  return {
    height: HEIGHT,
    label: `${summary} The table has the figures.`,
    traces: lossScaleTraces(history, theme),
    layout: {
      ...baseLayout(theme),
      showlegend: false,
      margin: { l: 52, r: 12, t: 12, b: 46 },
      xaxis: axis(theme, {
        range: [0, steps],
        zeroline: false,
        nticks: 8,
        title: axisTitle(theme, 'optimizer step (x: skipped)'),
      }),
      yaxis: axis(theme, {
        automargin: false,
        range: [low, high],
        zeroline: false,
        tickvals: ticks,
        ticktext: ticks.map((exponent) => literal(powerOfTwo(exponent))),
        title: axisTitle(theme, 'loss scale'),
      }),
    },
  };
}
