import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { bytes } from '../../display/units';
import type { SavedFiles } from './model-files';

interface Facts extends SavedFiles {
  readonly weightBytes: number;
  readonly floatWeightBytes: number;
  readonly stock: boolean;
  readonly notes: readonly string[];
}

const COLUMNS: readonly Column[] = [
  { header: 'File', align: 'left' },
  { header: 'All files' },
  { header: 'Weights' },
  { header: 'In float32' },
  { header: 'Read by', align: 'left' },
];

/** What `saveTfjs` wrote; shows itself as a table. */
export class SavedModel implements Displayable {
  /** Of `model.json`. */
  readonly file: string;
  /** Of all files together. */
  readonly bytes: number;
  /** Of the weights in the files. */
  readonly weightBytes: number;
  /** Of the same weights in float32. */
  readonly floatWeightBytes: number;
  /** Can tfjs load it without Halfnote? */
  readonly stock: boolean;
  /** What needs to be known of the files, as sentences. */
  readonly notes: readonly string[];

  constructor(facts: Facts) {
    this.file = facts.file;
    this.bytes = facts.bytes;
    this.weightBytes = facts.weightBytes;
    this.floatWeightBytes = facts.floatWeightBytes;
    this.stock = facts.stock;
    this.notes = facts.notes;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return staticBundle(this.#table());
  }

  toString(): string {
    return this.#table().text;
  }

  #table(): ReturnType<typeof table> {
    if (this.notes.length === 0) return table(COLUMNS, [this.#cells()]);
    const columns = [...COLUMNS, { header: 'Notes', align: 'left' }] as const;
    return table(columns, [[...this.#cells(), this.notes.join(' ')]]);
  }

  #cells(): string[] {
    return [
      this.file,
      bytes(this.bytes),
      bytes(this.weightBytes),
      bytes(this.floatWeightBytes),
      this.stock ? 'tfjs' : 'loadTfjs of Halfnote',
    ];
  }
}
