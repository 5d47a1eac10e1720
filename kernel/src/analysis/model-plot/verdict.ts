import { bytes, percent } from '../../display/units';
import { decodeNumber } from '../../display/numbers';
import type { Verdict } from '../../display/verdict-type';
import { counted, listed } from '../../display/words';
import type { GraphColor, PlottedNode } from '../../payloads/graph/schema';
import { noisiestFirst, sqnrText } from '../../payloads/weights/words';

interface Subject {
  readonly nodes: readonly PlottedNode[];
  readonly color: GraphColor;
  readonly isQuantized: boolean;
  /** Of the variable that holds the model; undefined where none does. */
  readonly name: string | undefined;
}

/** Signal to noise below which rounding changes a tenth of the weights' size. */
const GOOD_DB = 20;

/** What the graph shows, in a sentence. */
export function graphVerdict({ nodes, color, isQuantized, name }: Subject): Verdict {
  const layers = nodes.filter(({ kind }) => kind !== 'Input');
  const held = layers.filter(({ weightBytes }) => weightBytes > 0);
  if (held.length === 0) {
    return { sentence: `${counted(layers.length, 'layer')}, and none with weights.`, tone: 'good' };
  }
  const next = (line: string): Partial<Verdict> => (name === undefined ? {} : { next: line });
  if (color === 'error') return { ...ofNoise(layers), ...next(`%weights ${name ?? ''}`) };
  const largest = held.reduce((a, b) => (b.weightBytes > a.weightBytes ? b : a));
  const all = held.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  const most = `${largest.name} holds ${percent(largest.weightBytes / all)} of the ${bytes(all)} of weights`;
  if (color === 'bytes' || !isQuantized) {
    const formats = [...new Set(held.map(({ format }) => format))];
    return {
      sentence: `${most} of ${counted(layers.length, 'layer')} in ${listed(formats)}.`,
      tone: 'good',
      ...next(
        isQuantized
          ? `%graph ${name ?? ''} --color error`
          : `%quantize int8 ${name ?? ''} --as small`,
      ),
    };
  }
  return { ...ofFormats(held), ...next(`%graph ${name ?? ''} --color error`) };
}

function ofFormats(held: readonly PlottedNode[]): Verdict {
  const float = held.filter(({ format }) => format === 'fp32');
  const formats = [...new Set(held.map(({ format }) => format))].filter((one) => one !== 'fp32');
  if (formats.length === 0) return { sentence: 'All weights are in fp32.', tone: 'caution' };
  const count = held.length - float.length;
  const rounded = `${count.toLocaleString('en')} of ${counted(held.length, 'layer')} with weights ${count === 1 ? 'is' : 'are'} in ${listed(formats)}`;
  if (float.length === 0) return { sentence: `${rounded}.`, tone: 'good' };
  const names = listed(float.map(({ name }) => name));
  return { sentence: `${rounded}; ${names} in fp32.`, tone: 'caution' };
}

function ofNoise(layers: readonly PlottedNode[]): Verdict {
  const found = layers.flatMap(({ name, sqnrDb }) => (sqnrDb === null ? [] : [{ name, sqnrDb }]));
  const worst = found[noisiestFirst(found)[0] ?? -1];
  if (worst === undefined) return { sentence: 'No layer has rounded weights.', tone: 'good' };
  const db = decodeNumber(worst.sqnrDb);
  if (db === Infinity) {
    return { sentence: 'Rounding keeps the weights of all layers as they were.', tone: 'good' };
  }
  return {
    sentence: `${worst.name} has the noisiest weights of ${counted(found.length, 'layer')}: ${sqnrText(db)}.`,
    tone: db >= GOOD_DB ? 'good' : 'caution',
  };
}
