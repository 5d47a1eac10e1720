import '../../style/graph.css';
import { ABSENT, bytes, decodeNumber, verdictOf } from 'halfnote/mime';
import {
  COLORS,
  keys,
  modelGraph,
  nodeFacts,
  type GraphColor,
  type GraphLayout,
  type ModelGraphPayload,
  type PlottedNode,
} from 'halfnote/mime/graph';
import { Choice } from '../dom/choice';
import { controls } from '../dom/controls';
import { element } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { details, heading, notes } from '../dom/parts';
import { OWN_KEYS } from '../dom/own-keys';
import { svgElement } from '../dom/svg';
import { SortableTable, type Column } from '../dom/table';
import { VerdictLine } from '../dom/verdict-line';
import { onMarked } from '../linked/events';
import { layerOf } from '../linked/layer-name';
import { check as checkPayload, type Checked } from '../payload';
import type { View } from '../view';
import { drawGraph } from './boxes';
import { boxAfter } from './walk';

const LAYOUTS: Readonly<Record<GraphLayout['name'], string>> = {
  blocks: 'blocks that repeat as one box',
  layers: 'each layer',
};

/** Checks data that claims to be the graph of a model. */
export function check(data: unknown): Checked<ModelGraphPayload> {
  return checkPayload(modelGraph, data);
}

/** A model as a graph: what is known of the layer that has the focus, and a table of all. */
export function createView(): View<ModelGraphPayload> {
  return new ModelGraphView();
}

class ModelGraphView implements View<ModelGraphPayload> {
  readonly node = element('section', { class: 'hn-view hn-model-graph', role: 'group' });
  readonly #verdict = new VerdictLine();
  readonly #color = new Choice('Color by', (value) => {
    this.#chosenColor = value as GraphColor;
    this.#draw();
  });
  readonly #layout = new Choice('Draw', (value) => {
    this.#chosenLayout = value;
    this.#at = 0;
    this.#draw();
  });
  readonly #key = element('div', { class: 'hn-graph-key' });
  readonly #scroll = element('div', { class: 'hn-scroll hn-graph-scroll', ...OWN_KEYS });
  readonly #about = element('div', { class: 'hn-graph-about', role: 'status' });
  readonly #table = new SortableTable<PlottedNode>({ caption: 'Layers', columns: COLUMNS });
  #payload: ModelGraphPayload | undefined;
  #chosenColor: GraphColor | undefined;
  #chosenLayout: string | undefined;
  #marked: string | undefined;
  /** The box that Tab leads to. */
  #at = 0;
  #boxes: readonly SVGGElement[] = [];

  constructor() {
    this.#scroll.addEventListener('keydown', (event) => {
      this.#onKey(event);
    });
    this.#scroll.addEventListener('focusin', ({ target }) => {
      this.#reach(this.#boxes.findIndex((box) => box === target));
    });
    this.#scroll.addEventListener('click', ({ target }) => {
      const at = this.#boxes.findIndex((box) => target instanceof Node && box.contains(target));
      if (at >= 0) this.#boxes[at]?.focus();
    });
    onMarked(this.node, (layer) => {
      this.#marked = layer;
      this.#markBlocks();
    });
  }

  update(payload: ModelGraphPayload): Promise<void> {
    this.#payload = payload;
    const { model, nodes, layouts } = payload;
    this.node.setAttribute('aria-label', `Graph of ${model}`);
    this.#verdict.update(verdictOf(payload.verdict));
    this.#table.update(nodes);
    this.#draw();
    keepChildren(this.node, [
      this.#verdict.node,
      heading('Graph of the model', [model, `${nodes.length} layers`]),
      controls([this.#color.node, ...(layouts.length > 1 ? [this.#layout.node] : []), this.#key]),
      this.#scroll,
      this.#about,
      details('All layers as a table', [this.#table.node]),
      notes(payload.notes),
    ]);
    return Promise.resolve();
  }

  dispose(): void {
    this.node.replaceChildren();
  }

  get #shown(): GraphLayout | undefined {
    const layouts = this.#payload?.layouts ?? [];
    return layouts.find(({ name }) => name === this.#chosenLayout) ?? layouts[0];
  }

  #draw(): void {
    const [payload, layout] = [this.#payload, this.#shown];
    if (payload === undefined || layout === undefined) return;
    const { nodes, layouts } = payload;
    const hasErrors = nodes.some(({ sqnrDb }) => sqnrDb !== null);
    const color = this.#chosenColor ?? payload.color;
    const colors = Object.entries(COLORS).filter(([name]) => name !== 'error' || hasErrors);
    this.#color.update(colors, color);
    this.#layout.update(
      layouts.map(({ name }) => [name, LAYOUTS[name]] as const),
      layout.name,
    );
    keepChildren(this.#key, keys(color).map(keyOf));
    const { picture, boxes } = drawGraph(layout, nodes, color);
    const hadFocus = this.#boxes.some((box) => box === document.activeElement);
    this.#boxes = boxes;
    this.#scroll.replaceChildren(picture);
    this.#reach(Math.min(this.#at, boxes.length - 1));
    this.#markBlocks();
    if (hadFocus) this.#boxes[this.#at]?.focus();
  }

  /** Tab leads to this box from now on, and what is known of it stands below. */
  #reach(at: number): void {
    const [nodes, box] = [this.#payload?.nodes ?? [], this.#shown?.boxes[at]];
    if (box === undefined) return;
    this.#boxes[this.#at]?.setAttribute('tabindex', '-1');
    this.#boxes[this.#at]?.setAttribute('aria-pressed', 'false');
    this.#at = at;
    this.#boxes[at]?.setAttribute('tabindex', '0');
    this.#boxes[at]?.setAttribute('aria-pressed', 'true');
    keepChildren(
      this.#about,
      box.nodes.flatMap((place) => {
        const node = nodes[place];
        return node === undefined ? [] : [aboutLayer(node)];
      }),
    );
  }

  #onKey(event: KeyboardEvent): void {
    const layout = this.#shown;
    const at = this.#boxes.findIndex((box) => box === event.target);
    if (layout === undefined || at < 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      this.#boxes[at]?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      event.preventDefault();
      return;
    }
    const next = boxAfter(layout, at, event.key);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#boxes[next]?.focus();
  }

  /** Blocks hold layers that other views mark; those of a layer alone are marked as all places are. */
  #markBlocks(): void {
    const nodes = this.#payload?.nodes ?? [];
    this.#shown?.boxes.forEach((box, i) => {
      if (box.nodes.length === 1) return;
      const holds = box.nodes.some((place) => layerOf(nodes[place]?.name ?? '') === this.#marked);
      this.#boxes[i]?.classList.toggle('hn-marked', holds && this.#marked !== undefined);
    });
  }
}

function keyOf({ hue, strength, text }: ReturnType<typeof keys>[number]): HTMLElement {
  const patch = svgElement('svg', { viewBox: '0 0 10 12', width: 10, height: 12 }, [
    svgElement('rect', { width: 10, height: 12, rx: 2, fill: hue, 'fill-opacity': strength }),
  ]);
  patch.setAttribute('aria-hidden', 'true');
  return element('span', {}, [patch, ` ${text}`]);
}

function aboutLayer(node: PlottedNode): HTMLElement {
  const facts = nodeFacts(node).map(([name, text]) => `${name} ${text}`);
  return element('div', {}, [element('strong', {}, [node.name]), ` ${facts.join(' · ')}`]);
}

const COLUMNS: readonly Column<PlottedNode>[] = [
  {
    id: 'layer',
    title: 'Layer',
    hint: 'In the order of execution',
    value: ({ name }) => name,
    cell: ({ name }) => name,
  },
  {
    id: 'kind',
    title: 'Kind',
    hint: 'Class or operator',
    value: ({ kind }) => kind,
    cell: ({ kind }) => kind,
  },
  {
    id: 'shape',
    title: 'Output',
    hint: 'Sizes; ? is open',
    value: ({ shape }) => shape,
    cell: ({ shape }) => shape,
  },
  {
    id: 'format',
    title: 'Format',
    hint: 'Of weights, or of what is computed',
    value: ({ format }) => format,
    cell: ({ format }) => format,
  },
  {
    id: 'bytes',
    title: 'Weights',
    hint: 'Bytes of weights',
    numeric: true,
    value: ({ weightBytes }) => weightBytes,
    cell: ({ weightBytes }) => (weightBytes === 0 ? ABSENT : bytes(weightBytes)),
  },
  {
    id: 'sqnr',
    title: 'SQNR',
    hint: 'Signal to noise of rounded weights, in dB',
    numeric: true,
    value: ({ sqnrDb }) => (sqnrDb === null ? undefined : decodeNumber(sqnrDb)),
    cell: ({ sqnrDb }) => (sqnrDb === null ? ABSENT : decodeNumber(sqnrDb).toFixed(1)),
  },
  {
    id: 'why',
    title: 'Why',
    hint: 'Why it is so',
    value: ({ why }) => why,
    cell: ({ why }) => why,
  },
];
