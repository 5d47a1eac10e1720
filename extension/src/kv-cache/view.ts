import '../../style/handles.css';
import { verdictOf } from 'halfnote/mime';
import { kvCache, type KvCache } from 'halfnote/mime/kv-cache';
import { controls } from '../dom/controls';
import { element } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { details, heading, notes } from '../dom/parts';
import { NumberField } from '../dom/number-field';
import { Slider } from '../dom/slider';
import { SortableTable } from '../dom/table';
import { VerdictLine } from '../dom/verdict-line';
import { check as checkPayload, type Checked } from '../payload';
import type { View } from '../view';
import { columnsOf } from './columns';
import { rowsOf, steps, whatFits, type Extent, type Row } from './extent';

/** Powers of two from 128 tokens to four million, and up to 4,096 sequences. */
const TOKENS = { least: 7, most: 22 };
const SEQUENCES = { least: 0, most: 12 };
const MEMORY_GB = { min: 0, max: 1e6 };

/** Checks data that claims to be sizes of KV caches. */
export function check(data: unknown): Checked<KvCache> {
  return checkPayload(kvCache, data);
}

/** Caches by format, for the length and batch that the reader chooses, and what fits into a device. */
export function createView(): View<KvCache> {
  const node = element('section', { class: 'hn-view hn-kv-cache', role: 'group' });
  const verdict = new VerdictLine();
  const table = new SortableTable<Row>({ caption: 'Caches by format', columns: [] });
  const said = element('p', { class: 'hn-turned', role: 'status' });
  let payload: KvCache | undefined;
  /** What the reader has changed; all else is as in the payload. */
  let chosen: Partial<Extent> = {};
  let [tokens, sequences]: (readonly number[])[] = [[], []];

  const choose = (change: Partial<Extent>): void => {
    chosen = { ...chosen, ...change };
    show();
  };
  const length = new Slider('Context', (index) => {
    choose({ sequence: tokens?.[index] ?? 1 });
  });
  const batch = new Slider('Batch', (index) => {
    choose({ batch: sequences?.[index] ?? 1 });
  });
  const memory = new NumberField('Device memory', 'GB', MEMORY_GB, (memoryGB) => {
    choose({ memoryGB });
  });
  const other = new NumberField('Weights and all else', 'GB', MEMORY_GB, (otherGB) => {
    choose({ otherGB });
  });
  const tools = controls([length.node, batch.node, memory.node, other.node]);

  const show = (): void => {
    if (payload === undefined) return;
    const extent: Extent = {
      ...{ memoryGB: undefined, otherGB: undefined },
      ...{ sequence: payload.sequence, batch: payload.batch },
      ...chosen,
    };
    tokens = steps(payload.sequence, TOKENS.least, TOKENS.most);
    sequences = steps(payload.batch, SEQUENCES.least, SEQUENCES.most);
    place(length, tokens, extent.sequence, 'token');
    place(batch, sequences, extent.batch, 'sequence');
    const rows = rowsOf(payload, extent);
    table.setColumns(columnsOf(rows));
    table.update(rows);
    const fits = whatFits(rows);
    said.hidden = fits === undefined;
    said.textContent = fits ?? '';
  };
  return {
    node,
    update(given) {
      payload = given;
      const { title, heads, kvHeads, layers, headDim } = given;
      node.setAttribute('aria-label', title);
      verdict.update(given.verdict && verdictOf(given.verdict));
      show();
      const shared = heads === kvHeads ? `${heads} heads` : `${heads} heads on ${kvHeads}`;
      keepChildren(node, [
        verdict.node,
        heading('KV cache by formula', [`${layers} layers`, shared, `width ${headDim}`]),
        tools,
        said,
        table.node,
        details('How this was found', [notes(given.notes)]),
      ]);
      return Promise.resolve();
    },
    dispose: () => undefined,
  };
}

function place(slider: Slider, all: readonly number[], value: number, what: string): void {
  const text = `${value.toLocaleString('en')} ${what}${value === 1 ? '' : 's'}`;
  slider.update(all.indexOf(value), text, { min: 0, max: all.length - 1, step: 1 });
}
