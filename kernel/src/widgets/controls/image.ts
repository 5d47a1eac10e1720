import { type Trait, text, wrong } from '../model/trait';
import { modelClass } from '../model/widget';
import { CONTROLS } from '../protocol';
import { visible, type VisibleTraits } from './common';

/** What a picture has. */
export interface ImageTraits extends VisibleTraits {
  /** The bytes of its file. */
  value: Uint8Array;
  /** What they are: `'png'`, `'jpeg'`, `'svg+xml'`, or `'url'` for the bytes of an address. */
  format: string;
  /** In pixels, as text; empty for the picture's own. */
  width: string;
  height: string;
}

const bytes: Trait<Uint8Array> = {
  initial: () => new Uint8Array(),
  check: (value, where) => {
    if (value instanceof Uint8Array) return value;
    throw wrong(where, value, 'bytes, as a Uint8Array or Buffer');
  },
  // The page that shows them has them from here.
  echo: false,
};

/** A picture that cells write: `new Image({ value: await readFile('loss.png') })`. */
export class Image extends modelClass<ImageTraits>({
  model: 'ImageModel',
  view: 'ImageView',
  package: CONTROLS,
  traits: { ...visible, value: bytes, format: text('png'), width: text(''), height: text('') },
}) {}
