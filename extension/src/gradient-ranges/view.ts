import { decodeNumber, percent, powerOfTwo, scaleText } from 'halfnote/mime';
import { atSlot, gradientRanges, rangeVerdict, type GradientRanges } from 'halfnote/mime/ranges';
import { keepChildren } from '../dom/keep';
import { element } from '../dom/element';
import { badge, details, heading, notes } from '../dom/parts';
import { FoldedRows } from '../dom/folded-rows';
import { SortableTable, type Column } from '../dom/table';
import { VerdictLine } from '../dom/verdict-line';
import { onMarked, tellChosen } from '../linked/events';
import { layerOf } from '../linked/layer-name';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { layerColumns } from './columns';
import { Controls } from './controls';
import { Drawing } from './drawing';
import { binText, byLoss, drawn, heatmapFigure } from './heatmap';
import { bins, histogramFigure, type Bin } from './histogram';
import { LossScale } from './loss-scale';
import { read, type Choices, type LayerReading, type Reading } from './reading';
import { drawRidge, ridgeOf } from './ridge';
import { stepMap } from './step-map';
import { StepPicture } from './step-picture';
import { Walk, type Place } from './walk';

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

/** Layers that one reads before one asks for more. */
const FEW = 5;

class GradientRangesView implements View<GradientRanges> {
  readonly node = element('section', { class: 'hn-view hn-gradient-ranges', role: 'group' });
  readonly #controls = new Controls((choices) => {
    this.#choose(choices);
  });
  readonly #overview = new Chart({
    className: 'hn-overview',
    onClick: ({ y }) => {
      if (typeof y === 'number') this.#toggleRow(y);
    },
  });
  readonly #exponents = new Walk(this.#overview.node, {
    label: 'Layers by exponent: arrow keys go from cell to cell, Enter opens a layer',
    onMove: (place) => {
      this.#say(place, (reading, at) => binText(reading, at));
      void this.#drawOverview();
    },
    onChoose: ({ row }) => {
      this.#toggleRow(row);
    },
  });
  readonly #steps = new StepPicture({
    onMove: (text) => {
      this.#spoken.textContent = text;
    },
    onChoose: ({ row, step }) => {
      const chosen = this.#reading?.layers[row];
      this.#choose({ step, scaleExponent: undefined, layer: chosen?.layer.name });
    },
  });
  /** Where the reader is in a picture, in words. */
  readonly #spoken = element('p', { class: 'hn-hint hn-spoken', role: 'status' });
  readonly #hint = element('p', { class: 'hn-hint' }, [
    'Choose a layer in a chart or in the table to see its histogram.',
  ]);
  readonly #beside = element('div', { class: 'hn-beside' }, [
    this.#steps.node,
    this.#hint,
    this.#spoken,
  ]);
  readonly #maps = element('div', { class: 'hn-maps' }, [this.#exponents.node, this.#beside]);
  readonly #histogram = new Chart();
  readonly #ridge = new Drawing();
  readonly #layer = element('div', { class: 'hn-layer' });
  readonly #lossScale = new LossScale();
  readonly #verdict = new VerdictLine();
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
  readonly #allLayers = new FoldedRows(() => {
    void this.#show();
  });
  readonly #bins = new SortableTable<Bin>({ caption: 'The histogram as a table', columns: BINS });
  readonly #binDetails = details('The histogram as a table', [this.#bins.node]);
  readonly #more = details('Loss scale, and how it was counted', [
    this.#lossScale.node,
    this.#foot,
  ]);
  #payload: GradientRanges | undefined;
  #choices: Choices = {};
  #reading: Reading | undefined;
  /** The layer that all views of the notebook mark. */
  #marked: string | undefined;

  constructor() {
    this.node.append(
      this.#verdict.node,
      this.#head,
      this.#controls.node,
      this.#maps,
      this.#undrawn,
      this.#layer,
      this.#table.node,
      this.#allLayers.node,
      this.#more,
    );
    onMarked(this.node, (layer) => {
      if (layer === this.#marked) return;
      this.#marked = layer;
      void this.#drawOverview();
    });
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
    this.#steps.dispose();
    this.#ridge.dispose();
  }

  #choose(choices: Choices): void {
    this.#choices = { ...this.#choices, ...choices };
    void this.#show();
  }

  #toggle(name: string): void {
    this.#choose({ layer: this.#choices.layer === name ? undefined : name });
  }

  #toggleRow(row: number): void {
    const chosen = this.#reading?.layers[row];
    if (chosen === undefined) return;
    this.#toggle(chosen.layer.name);
    tellChosen(this.node, layerOf(chosen.layer.name));
  }

  #say(place: Place | undefined, text: (reading: Reading, place: Place) => string): void {
    if (place !== undefined && this.#reading !== undefined)
      this.#spoken.textContent = text(this.#reading, place);
  }

  async #show(): Promise<void> {
    if (this.#payload === undefined) return;
    const payload = this.#payload;
    const isEmpty = payload.layers.length === 0;
    const reading = isEmpty ? undefined : read(payload, this.#choices);
    this.#reading = reading;
    for (const part of [this.#controls.node, this.#table.node, this.#maps])
      part.hidden = reading === undefined;
    this.#more.open ||= reading === undefined;
    if (reading === undefined) return;
    const { slot, open } = reading;
    this.#verdict.update(rangeVerdict(slot === undefined ? payload : atSlot(payload, slot)));
    const [some, all] = [drawn(reading).length, reading.layers.length];
    this.#undrawn.hidden = some === all;
    this.#undrawn.textContent = `The chart draws the first ${some} of ${all} layers.`;
    this.#controls.update(payload, reading);
    this.#exponents.resize(some, reading.span[1] - reading.span[0] + 1);
    this.#steps.update(stepMap(payload, reading), reading);
    this.#showTable(reading);
    this.#hint.hidden = open !== undefined;
    this.#beside.classList.toggle('hn-alone', payload.time === undefined);
    if (open === undefined) this.#layer.replaceChildren();
    else this.#showLayer(payload, reading, open);
    await Promise.all([
      this.#drawOverview(),
      open === undefined
        ? undefined
        : this.#histogram.draw((theme, width) => histogramFigure(open, reading, theme, width)),
    ]);
  }

  async #drawOverview(): Promise<void> {
    const reading = this.#reading;
    if (reading === undefined) return;
    await this.#overview.draw((theme, width) =>
      heatmapFigure(reading, theme, width, this.#exponents.place, this.#marked),
    );
  }

  /** The layers that lose most, or all in the model's order. */
  #showTable({ layers }: Reading): void {
    const first = layers.length > FEW + 1 ? byLoss(layers).slice(0, FEW) : layers;
    this.#table.update(
      this.#allLayers.of(layers, first, {
        all: `All ${layers.length} layers`,
        fewer: `Only the ${FEW} layers that lose most`,
      }),
    );
  }

  #showLayer(payload: GradientRanges, reading: Reading, open: LayerReading): void {
    this.#bins.update(bins(open, reading));
    const ridge = ridgeOf(payload, open, reading);
    this.#ridge.node.hidden = ridge === undefined;
    if (this.#histogram.node.parentNode === null || !this.#layer.contains(this.#binDetails)) {
      const pictures = element('div', { class: 'hn-maps' }, [
        this.#histogram.node,
        this.#ridge.node,
      ]);
      this.#layer.replaceChildren(pictures, this.#binDetails);
    }
    if (ridge === undefined) return;
    const { name } = open.layer;
    this.#ridge.node.setAttribute('role', 'img');
    this.#ridge.node.setAttribute(
      'aria-label',
      `Histogram of ${name} at each of ${ridge.length} times; the slider Steps shows each with its figures.`,
    );
    this.#ridge.draw((width) => drawRidge(ridge, { ...reading, layer: name }, width, reading.slot));
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
