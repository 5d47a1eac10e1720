import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { type Fallback, notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { bytes, percent } from '../../display/units';
import { type Verdict, verdict } from '../../display/verdict';
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
    return staticBundle(this.#view());
  }

  toString(): string {
    return this.#view().text;
  }

  #view(): Fallback {
    return stacked(verdict(this.#verdict()), table(COLUMNS, [this.#cells()]), notes(this.notes));
  }

  /** How large the weights are, and who can read them. */
  #verdict(): Verdict {
    const share =
      this.floatWeightBytes === 0
        ? ''
        : `, ${percent(this.weightBytes / this.floatWeightBytes)} of those in float32`;
    return {
      sentence: `The weights take ${bytes(this.weightBytes)}${share}; ${this.stock ? 'tfjs itself reads them' : 'it takes loadTfjs of Halfnote to read them'}.`,
      tone: this.stock ? 'good' : 'caution',
    };
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
