import { decodeNumber, percent, powerOfTwo, scaleText } from 'halfnote/mime';
import { gradientRanges, type GradientRanges } from 'halfnote/mime/ranges';
import { keepChildren } from '../dom/keep';
import { element } from '../dom/element';
import { badge, details, heading, notes } from '../dom/parts';
import { SortableTable, type Column } from '../dom/table';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { layerColumns } from './columns';
import { Controls } from './controls';
import { drawn, heatmapFigure } from './heatmap';
import { bins, histogramFigure, type Bin } from './histogram';
import { LossScale } from './loss-scale';
import { read, type Choices, type LayerReading, type Reading } from './reading';

/** Checks data that claims to be gradient ranges. */
export function check(data: unknown): Checked<GradientRanges> {
  return checkPayload(gradientRanges, data);
}

const BINS: readonly Column<Bin>[] = [
  {
    id: 'exponent',
    title: 'Magnitude',
    hint: 'Power of two',
    value: (bin) => bin.exponent,
    cell: (bin) => powerOfTwo(bin.exponent),
  },
  {
    id: 'values',
    title: 'Values',
    hint: 'Counted',
    numeric: true,
    value: (bin) => bin.values,
    cell: (bin) => bin.values.toLocaleString('en'),
  },
  {
    id: 'share',
    title: 'Share',
    hint: 'Of the layer',
    numeric: true,
    value: (bin) => bin.share,
    cell: (bin) => percent(bin.share),
  },
  {
    id: 'zone',
    title: 'Becomes',
    hint: 'In the format, at the loss scale',
    value: (bin) => bin.zone,
    cell: (bin) => bin.zone,
  },
];

/** Creates the view of gradients against number formats. */
export function createView(): View<GradientRanges> {
  return new GradientRangesView();
}

class GradientRangesView implements View<GradientRanges> {
  readonly node = element('section', { class: 'hn-view hn-gradient-ranges' });
  readonly #controls = new Controls((choices) => {
    this.#choose(choices);
  });
  readonly #overview = new Chart({
    className: 'hn-overview',
    onClick: ({ y }) => {
      const chosen = typeof y === 'number' ? this.#reading?.layers[y] : undefined;
      if (chosen !== undefined) this.#toggle(chosen.layer.name);
    },
  });
  readonly #histogram = new Chart();
  readonly #layer = element('div', { class: 'hn-layer' });
  readonly #lossScale = new LossScale();
  readonly #head = element('div');
  readonly #foot = element('div');
  readonly #undrawn = element('p', { class: 'hn-hint' });
  readonly #table = new SortableTable<LayerReading>({
    caption: 'Layers against the format chosen',
    columns: layerColumns({
      onOpen: (layer) => {
        this.#toggle(layer);
      },
      isOpen: (layer) => this.#choices.layer === layer,
    }),
  });
  readonly #bins = new SortableTable<Bin>({ caption: 'The histogram as a table', columns: BINS });
  readonly #binDetails = details('The histogram as a table', [this.#bins.node]);
  #payload: GradientRanges | undefined;
  #choices: Choices = {};
  #reading: Reading | undefined;

  constructor() {
    this.node.append(
      this.#head,
      this.#controls.node,
      this.#overview.node,
      this.#undrawn,
      this.#layer,
      this.#table.node,
      this.#lossScale.node,
      this.#foot,
    );
  }

  update(payload: GradientRanges): Promise<void> {
    this.#payload = payload;
    this.node.setAttribute('aria-label', payload.title);
    keepChildren(this.#head, [head(payload)]);
    keepChildren(this.#foot, [foot(payload)]);
    return Promise.all([this.#show(), this.#lossScale.update(payload.lossScale)]).then(
      () => undefined,
    );
  }

  dispose(): void {
    this.#overview.dispose();
    this.#histogram.dispose();
    this.#lossScale.dispose();
  }

  #choose(choices: Choices): void {
    this.#choices = { ...this.#choices, ...choices };
    void this.#show();
  }

  #toggle(name: string): void {
    const { layer, ...others } = this.#choices;
    this.#choices = layer === name ? others : { ...others, layer: name };
    void this.#show();
  }

  async #show(): Promise<void> {
    if (this.#payload === undefined) return;
    const isEmpty = this.#payload.layers.length === 0;
    const reading = isEmpty ? undefined : read(this.#payload, this.#choices);
    this.#reading = reading;
    this.#controls.node.hidden = reading === undefined;
    this.#table.node.hidden = reading === undefined;
    if (reading === undefined) return;
    const [some, all] = [drawn(reading).length, reading.layers.length];
    this.#undrawn.hidden = some === all;
    this.#undrawn.textContent = `The chart draws the first ${some} of ${all} layers.`;
    this.#controls.update(this.#payload, reading);
    this.#table.update(reading.layers);
    const { open } = reading;
    if (open === undefined) {
      this.#layer.replaceChildren(
        element('p', { class: 'hn-hint' }, [
          'Choose a layer in the chart or in the table to see its histogram.',
        ]),
      );
    } else {
      this.#bins.update(bins(open, reading));
      if (this.#histogram.node.parentNode === null) {
        this.#layer.replaceChildren(this.#histogram.node, this.#binDetails);
      }
    }
    await Promise.all([
      this.#overview.draw((theme, width) => heatmapFigure(reading, theme, width)),
      open === undefined
        ? undefined
        : this.#histogram.draw((theme, width) => histogramFigure(open, reading, theme, width)),
    ]);
  }
}

function head(payload: GradientRanges): HTMLElement {
  const node = heading(payload.title, [
    `computed in ${payload.format}`,
    `step ${payload.step.toLocaleString('en')}`,
    `${payload.recordedSteps.toLocaleString('en')} steps recorded, one in ${payload.every}`,
    `${payload.lossScale.skippedSteps.toLocaleString('en')} skipped`,
  ]);
  node.firstElementChild?.append(' ', badge(payload.execution));
  return node;
}

function foot({ layers, lossScale, notes: remarks = [] }: GradientRanges): HTMLElement {
  if (layers.length === 0) return notes([lossScale.reason]);
  return notes([
    ...remarks,
    `Loss scale ${scaleText(decodeNumber(lossScale.value))}; suggested ` +
      `${scaleText(decodeNumber(lossScale.suggested))}: ${lossScale.reason}`,
    'Gradients are counted before loss scaling. Moving the scale moves the bands, not the data.',
  ]);
}
