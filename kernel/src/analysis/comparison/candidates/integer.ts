import { withPrecision } from '../../../precision/scope';
import { ENGINE_NAMES } from '../../../quantization/model-notes';
import { quantize } from '../../../quantization/quantize';
import type { QuantizedModel } from '../../../quantization/quantized-model';
import { rows, type Candidate, type Source } from './candidate';
import { quantizeOptions, type Wanted } from './quantize-options';

/** The model as `quantize` makes it. */
export async function integerCandidate(
  { format, model, calibrate }: Source,
  wanted: Wanted,
): Promise<Candidate> {
  const small = await quantize(model, quantizeOptions(wanted, calibrate));
  return {
    format,
    // The engine is chosen with the first batch of a size, so these are asked for after it.
    get execution() {
      return small.execution;
    },
    get engine() {
      return enginesOf(small);
    },
    get runtime() {
      return small.engine === 'onnxruntime' ? 'onnxruntime' : 'layers';
    },
    get note() {
      return [`${small.mode} quantization.`, ...small.remarks].join(' ');
    },
    get weightBytes() {
      return small.weightBytes;
    },
    run: (x) => withPrecision('fp32', () => small.predict(x, { batchSize: Math.max(1, rows(x)) })),
    dispose() {
      small.dispose();
    },
  };
}

/** The kernels of the layers in integers, with how many run in each: a layer's own truth. */
function enginesOf({ nodes }: QuantizedModel): string {
  const counts = new Map<string, number>();
  for (const { execution, engine, kernel } of nodes) {
    if (execution === undefined) continue;
    const how = `${kernel} of ${ENGINE_NAMES[engine]}${execution === 'native' ? '' : ', simulated'}`;
    counts.set(how, (counts.get(how) ?? 0) + 1);
  }
  const all = Array.from(counts, ([how, count]) => (count === 1 ? how : `${count} x ${how}`));
  return all.join('; ') || 'no integer layer';
}
