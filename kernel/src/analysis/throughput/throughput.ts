import { about } from '../../display/variable-name';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { ensureBackend } from '../../backend/load';
import { HalfnoteError } from '../../errors';
import { asLayersModel } from '../../importing/layers-model-of';
import type { FloatModel } from '../../models/graph-model';
import { checkData, sliceRows } from '../../models/data';
import { rowsOf } from '../../models/rows';
import { policyInForce } from '../../precision/session';
import { quantile } from '../../quantities/statistics';
import { QuantizedModel } from '../../quantization/quantized-model';
import { sampleInTurns } from './latencies';
import { medianInterval } from './median-interval';
import type { ThroughputRow } from './result';
import { Throughput } from './view';

export interface ThroughputOptions {
  /** Inputs as the model gets them; the first samples of each are taken. */
  readonly data: { readonly x: Tensor | readonly Tensor[] };
  /** Default 1, 8 and 32, as far as there are samples. */
  readonly batchSizes?: readonly number[];
  /** How long each batch size is run. Default 2. */
  readonly seconds?: number;
}

const BATCH_SIZES = [1, 8, 32] as const;
const SECONDS = 2;
const WARM_UP = 3;
const FEWEST = 5;
const [RUNS_FOR_P95, RUNS_FOR_P99] = [20, 100] as const;

/**
 * Latency (median, 95th and 99th percentile) and samples per second of inference by batch size, measured
 * under the policy in force. A format that is simulated here gets no speed.
 *
 * @throws HalfnoteError `unsupported-model`, `data-mismatch`, `invalid-option`.
 */
export async function throughput(
  source: FloatModel | QuantizedModel,
  options: ThroughputOptions,
): Promise<Throughput> {
  const model = source instanceof QuantizedModel ? source : asLayersModel(source, 'throughput');
  const isQuantized = model instanceof QuantizedModel;
  const facts = await ensureBackend();
  const x = isQuantized
    ? quantizedInputs(options)
    : checkData(model, (options as ThroughputOptions | undefined)?.data).x;
  const batchSizes = checkBatchSizes(options.batchSizes, rowsOf([x].flat()));
  const seconds = checkSeconds(options.seconds ?? SECONDS);
  const batches = batchSizes.map((size) => sliceRows(x, 0, size));
  try {
    const runs = batches.map((batch, i) => (): void => {
      runAndWait(model, batch, batchSizes[i] ?? 1);
    });
    // The engine of a quantized model is chosen with the first batch of a size.
    for (const run of runs) run();
    const { compute } = policyInForce();
    const execution = isQuantized ? model.execution : facts.formats[compute].execution;
    const samples =
      execution === 'simulated'
        ? []
        : sampleInTurns(runs, { secondsEach: seconds, warmUp: WARM_UP, fewest: FEWEST });
    const found = new Throughput({
      model: model.name,
      format: isQuantized ? `quantized, ${model.mode}` : compute,
      execution,
      device: facts.deviceName,
      threads: facts.threads,
      rows: batchSizes.map((batchSize, i) => throughputRow(batchSize, samples[i])),
    });
    return about(found, { model: source, x: options.data.x });
  } finally {
    tf.dispose(batches);
  }
}

/** The figures of one batch size; none without samples. */
export function throughputRow(
  batchSize: number,
  samples: readonly number[] | undefined,
): ThroughputRow {
  if (samples === undefined) return { batchSize, latencyS: null, samplesPerS: null };
  const runs = samples.length;
  const total = samples.reduce((sum, seconds) => sum + seconds, 0);
  return {
    batchSize,
    latencyS: {
      p50: quantile(samples, 0.5),
      p50Interval: medianInterval(samples),
      p95: runs < RUNS_FOR_P95 ? null : quantile(samples, 0.95),
      p99: runs < RUNS_FOR_P99 ? null : quantile(samples, 0.99),
      runs,
    },
    samplesPerS: (batchSize * runs) / total,
  };
}

function runAndWait(
  model: tf.LayersModel | QuantizedModel,
  batch: Tensor | Tensor[],
  batchSize: number,
): void {
  const outputs = model.predict(batch, { batchSize });
  for (const output of [outputs].flat()) output.dataSync();
  tf.dispose(outputs);
}

/** A quantized model checks shapes itself. */
function quantizedInputs({ data }: ThroughputOptions): Tensor | readonly Tensor[] {
  const given = (data as { readonly x?: unknown } | undefined)?.x;
  const tensors = [given].flat();
  if (tensors.every((tensor) => tensor instanceof tf.Tensor)) return given as Tensor;
  throw new HalfnoteError(
    'data-mismatch',
    'throughput() takes data: {x} with a tensor, or one tensor per input.',
  );
}

function checkBatchSizes(given: readonly number[] | undefined, samples: number): readonly number[] {
  const sizes = given ?? BATCH_SIZES.filter((size) => size <= samples);
  const wrong = sizes.find((size) => !Number.isInteger(size) || size < 1 || size > samples);
  if (wrong === undefined && sizes.length > 0) return [...new Set(sizes)];
  throw new HalfnoteError(
    'invalid-option',
    wrong === undefined
      ? 'batchSizes is empty; give one or more whole numbers.'
      : `A batch size is ${wrong}; allowed are whole numbers from 1 to ${samples}, the samples in data.x.`,
  );
}

function checkSeconds(seconds: number): number {
  if (seconds > 0 && seconds <= 3600) return seconds;
  throw new HalfnoteError(
    'invalid-option',
    `seconds is ${seconds}; allowed are numbers above 0, up to 3600.`,
  );
}
