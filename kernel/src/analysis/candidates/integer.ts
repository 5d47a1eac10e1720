import { withPrecision } from '../../precision/scope';
import type { WeightFormat } from '../../quantization/graph/quantized-graph';
import { quantize } from '../../quantization/quantize';
import type { QuantizationMode, QuantizedModel } from '../../quantization/quantized-model';
import { rows, type Candidate, type Source } from './candidate';

/** The model as `quantize` makes it. */
export async function integerCandidate(
  { format, model, calibrate }: Source,
  { weights, mode }: { readonly weights: WeightFormat; readonly mode?: QuantizationMode },
): Promise<Candidate> {
  const isStatic = mode === 'static' || (mode === undefined && weights === 'int8');
  const small = await quantize(model, {
    weights,
    ...(mode === undefined ? {} : { mode }),
    ...(isStatic && calibrate !== undefined ? { calibrate } : {}),
  });
  return {
    format,
    // The engine is chosen with the first batch of a size, so these are asked for after it.
    get execution() {
      const executions = small.nodes.flatMap(({ execution }) => execution ?? []);
      const native = executions.length > 0 && executions.every((each) => each === 'native');
      return native ? 'native' : 'simulated';
    },
    get engine() {
      return enginesOf(small);
    },
    get note() {
      return [`${small.mode} quantization.`, ...small.notes].join(' ');
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

/** The engines and kernels of the nodes in integers, each once. */
function enginesOf({ nodes }: QuantizedModel): string {
  const integer = nodes.filter(({ execution }) => execution !== undefined);
  const engines = new Set(integer.map(({ engine }) => engine));
  const kernels = new Set(integer.map(({ kernel }) => kernel));
  return [...engines, ...kernels].join(', ') || 'no integer layer';
}
