import { percent } from '../../display/units';
import type { Verdict } from '../../display/verdict-type';
import { counted, listed } from '../../display/words';
import { noisiestFirst, sqnrText } from '../../payloads/weights/words';
import type { WeightFigures } from './weight-figures';

/** From this signal to noise on rounding is a hundredth of the weights' power and less. */
const GOOD_DB = 20;
/** Below it the error is a third of the weights' size. */
const BAD_DB = 10;
/** From this part on, what saturates is worth a word. */
const WORRYING = 0.001;

/**
 * Which layer's weights rounding changes most, and by how much of their size.
 * @param name Of the variable that holds the model; undefined where none does.
 */
export function weightsVerdict(layers: readonly WeightFigures[], name?: string): Verdict {
  const worst = layers[noisiestFirst(layers)[0] ?? -1];
  if (worst === undefined) {
    return { sentence: 'No layer has rounded weights: all of them stay in float.', tone: 'good' };
  }
  const formats = [...new Set(layers.map(({ format }) => format))];
  const { sqnrDb, saturated } = worst;
  const head = `Rounding to ${listed(formats)} changes the weights of ${worst.name} most`;
  const all = layers.length === 1 ? '' : ` of ${counted(layers.length, 'layer')}`;
  if (sqnrDb === Infinity) {
    return {
      sentence: `Rounding to ${listed(formats)} keeps all weights as they were.`,
      tone: 'good',
    };
  }
  if (Number.isNaN(sqnrDb)) {
    return { sentence: `${worst.name} has weights that are NaN or infinite.`, tone: 'problem' };
  }
  const error = percent(10 ** (-sqnrDb / 20));
  const beyond =
    saturated !== null && saturated >= WORRYING
      ? `, and ${percent(saturated)} of them saturate`
      : '';
  return {
    sentence: `${head}${all}: by ${error} of their size (${sqnrText(sqnrDb)})${beyond}.`,
    tone: sqnrDb >= GOOD_DB ? 'good' : sqnrDb >= BAD_DB ? 'caution' : 'problem',
    ...(name === undefined ? {} : { next: `%graph ${name} --color error` }),
  };
}

/** What a reader needs to know of how the figures were found. */
export function weightMethods(mode: string, repairs: readonly string[]): string[] {
  return [
    `Measured on the weights themselves, in float64, not on outputs. Before: as they were rounded, with batch normalization folded in${repairs.length === 0 ? '' : ` and after ${listed(repairs)}`}; after: what the codes stand for.`,
    'Signal to noise is the sum of squares before over that of what rounding changed; 20 dB is a change of a tenth of their size.',
    'Saturated: beyond the largest number of the format at its scale; codebooks and signs have none.',
    ...(mode === 'weight-only' ? [] : ['Activations are not in these figures.']),
  ];
}
