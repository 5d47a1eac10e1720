import { Fields } from './fields';
import type { JsonObject } from './message';

/** What an execute reply may ask of the front end (IPython's payloads that front ends still honor). */
export type Payload =
  /** Puts text into the next cell, or with `replace` into this one. */
  | { readonly source: 'set_next_input'; readonly text: string; readonly replace: boolean }
  /** Shows help that isn't an output of the cell. */
  | { readonly source: 'page'; readonly data: JsonObject; readonly start: number };

/** Reads the parameters of `payload.add`. Throws `HalfnoteError('invalid-request')` that names the field. */
export function parsePayload(params: JsonObject): Payload {
  const fields = new Fields('payload.add', params);
  const source = fields.choice('source', ['set_next_input', 'page']);
  switch (source) {
    case 'set_next_input':
      return { source, text: fields.string('text'), replace: fields.boolean('replace', false) };
    case 'page':
      return { source, data: fields.object('data'), start: fields.integer('start', 0) };
  }
}
