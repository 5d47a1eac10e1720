import { inspect } from 'node:util';
import { host } from '../host';
import { display, toBundle } from './display';
import { isTensor } from './tensor-like';
import { tensorText } from './tensor-text';

/**
 * Shows what comes out of a cell as its notebook would: nothing for undefined, a promise's value, and in a
 * script the text. `halfnote convert` puts the last expression of a cell into it.
 */
export async function showResult(value: unknown): Promise<void> {
  const result = await value;
  if (result === undefined) return;
  if (host() !== undefined) display(result);
  else console.log(textOf(result));
}

function textOf(value: unknown): unknown {
  if (isTensor(value)) return tensorText(value);
  // Objects that show themselves, and bundles: all others have no more than a text of ours.
  const { 'text/plain': text, ...others } = typeof value === 'string' ? {} : toBundle(value);
  if (Object.keys(others).length > 0 && text !== undefined) return text;
  return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000 });
}
