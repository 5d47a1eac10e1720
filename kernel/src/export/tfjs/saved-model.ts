import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { bytes } from '../../display/units';
import type { SavedFiles } from './model-files';

interface Facts extends SavedFiles {
  readonly weightBytes: number;
  readonly floatWeightBytes: number;
  readonly stock: boolean;
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

  constructor(facts: Facts) {
    this.file = facts.file;
    this.bytes = facts.bytes;
    this.weightBytes = facts.weightBytes;
    this.floatWeightBytes = facts.floatWeightBytes;
    this.stock = facts.stock;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return staticBundle(table(COLUMNS, [this.#cells()]));
  }

  toString(): string {
    return table(COLUMNS, [this.#cells()]).text;
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
