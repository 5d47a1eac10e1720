import '../../style/graph.css';
import { verdictOf } from 'halfnote/mime';
import {
  noisiestFirst,
  sqnrText,
  weightHistograms,
  type Scale,
  type WeightHistogramsPayload,
  type WeightLayer,
} from 'halfnote/mime/weights';
import { Choice } from '../dom/choice';
import { controls } from '../dom/controls';
import { element } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { details, heading, notes } from '../dom/parts';
import { FoldedRows } from '../dom/folded-rows';
import { SortableTable } from '../dom/table';
import { VerdictLine } from '../dom/verdict-line';
import { onMarked } from '../linked/events';
import { layerOf } from '../linked/layer-name';
import { check as checkPayload, type Checked } from '../payload';
import type { View } from '../view';
import { weightColumns } from './columns';
import { weightsPicture } from './figure';

/** Rows that one reads before one asks for more. */
const FEW = 5;
const HEIGHTS = [
  ['logarithmic', 'logarithm of counts'],
  ['linear', 'counts'],
] as const;

/** Checks data that claims to be weights before and after rounding. */
export function check(data: unknown): Checked<WeightHistogramsPayload> {
  return checkPayload(weightHistograms, data);
}

/** Weights before and after rounding: the histogram of the layer that is chosen, and a table of all. */
export function createView(): View<WeightHistogramsPayload> {
  return new WeightHistogramsView();
}

class WeightHistogramsView implements View<WeightHistogramsPayload> {
  readonly node = element('section', { class: 'hn-view hn-weight-histograms', role: 'group' });
  readonly #verdict = new VerdictLine();
  readonly #open = element('div', { class: 'hn-weights' });
  readonly #scale = new Choice('Heights', (value) => {
    this.#heights = value === 'linear' ? 'linear' : 'logarithmic';
    this.#show();
  });
  readonly #tools = controls([this.#scale.node]);
  readonly #table = new SortableTable<WeightLayer>({
    caption: 'Layers before and after rounding',
    columns: weightColumns({
      onOpen: (name) => {
        this.#layer = name;
        this.#show();
      },
      isOpen: (name) => this.#shown?.name === name,
    }),
    sort: { column: 'sqnr', direction: 'ascending' },
  });
  readonly #allLayers = new FoldedRows(() => {
    this.#show();
  });
  #heights: Scale = 'logarithmic';
  #payload: WeightHistogramsPayload | undefined;
  #layer: string | undefined;
  #shown: WeightLayer | undefined;

  constructor() {
    // A layer that is chosen elsewhere in the notebook is shown here.
    onMarked(this.node, (layer) => {
      const found = this.#payload?.layers.find(({ name }) => partOf(name, layer));
      if (found === undefined) return;
      this.#layer = found.name;
      this.#show();
    });
  }

  update(payload: WeightHistogramsPayload): Promise<void> {
    this.#payload = payload;
    this.node.setAttribute('aria-label', `Weights of ${payload.model} before and after rounding`);
    this.#verdict.update(verdictOf(payload.verdict));
    this.#show();
    keepChildren(this.node, [
      this.#verdict.node,
      heading('Weights before and after rounding', [
        payload.model,
        `${payload.layers.length} layers`,
      ]),
      this.#open,
      this.#table.node,
      this.#allLayers.node,
      details('How this was found', [notes(payload.notes)]),
    ]);
    return Promise.resolve();
  }

  dispose(): void {
    this.node.replaceChildren();
  }

  /** The noisiest layers, or all. */
  #showTable(layers: readonly WeightLayer[], ranked: readonly WeightLayer[]): void {
    this.#table.update(
      this.#allLayers.of(layers, layers.length > FEW + 1 ? ranked.slice(0, FEW) : layers, {
        all: `All ${layers.length} layers`,
        fewer: `Only the ${FEW} noisiest layers`,
      }),
    );
  }

  #show(): void {
    const layers = this.#payload?.layers ?? [];
    const ranked = noisiestFirst(layers).flatMap((index) => layers[index] ?? []);
    const [worst] = ranked;
    const shown = layers.find(({ name }) => name === this.#layer) ?? worst;
    this.#shown = shown;
    this.#showTable(layers, ranked);
    this.#scale.update(HEIGHTS, this.#heights);
    this.#open.hidden = shown === undefined;
    if (shown === undefined) return;
    const picture = weightsPicture(shown, this.#heights);
    keepChildren(this.#open, [
      element('div', { class: 'hn-weights-head' }, [
        element('strong', {}, [shown.name]),
        ` in ${shown.format}: ${sqnrText(shown.sqnrDb)}, ${shown.weights.toLocaleString('en')} weights. `,
        element('span', { class: 'hn-key-before' }, ['before']),
        element('span', { class: 'hn-key-after' }, ['after']),
      ]),
      this.#tools,
      picture ??
        element('p', { class: 'hn-hint' }, [
          'This output has the figures of this layer, but no histogram: there was room for those of noisier ones.',
        ]),
    ]);
  }
}

/** Whether a product is of a layer that is marked: of one that became several, each is. */
function partOf(name: string, layer: string | undefined): boolean {
  return layer !== undefined && layerOf(name).replace(/:.*$/, '') === layer;
}
