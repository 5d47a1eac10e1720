import { bytes, percent, si, significant } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { listed } from '../../display/words';
import type { OnnxCostResult } from './onnx-result';
import type { ModelCostResult } from './result';

/** One layer or node, as far as the sentence goes. */
interface Part {
  readonly name: string;
  readonly forwardFlops: number;
}

/** What one inference takes, and where: `model` is the variable that holds it. */
export function costVerdict(result: ModelCostResult, model: string | undefined): Verdict {
  const { layers, forwardFlops, trainingFlops } = result;
  if (forwardFlops === 0) return nothingMultiplied(result.model);
  return {
    sentence: `${taken(result)}, a training step ${si(trainingFlops, 'FLOP')}; ${heaviest(layers, forwardFlops)}.`,
    tone: 'good',
    ...(model !== undefined && { next: `%roofline ${model}` }),
  };
}

/** The same of an ONNX model; what multiplies and isn't counted is said first. */
export function onnxCostVerdict(result: OnnxCostResult, model: string | undefined): Verdict {
  const { nodes, forwardFlops, productsNotCounted } = result;
  const next = model === undefined ? {} : { next: `%memory ${model}` };
  if (forwardFlops === 0 && productsNotCounted.length === 0) {
    return nothingMultiplied(result.model);
  }
  const counted = `${taken(result)}${forwardFlops === 0 ? '' : `; ${heaviest(nodes, forwardFlops)}`}`;
  return productsNotCounted.length === 0
    ? { sentence: `${counted}.`, tone: 'good', ...next }
    : {
        sentence: `More is multiplied than is counted, in ${listed(productsNotCounted)}; without that, ${lower(counted)}.`,
        tone: 'caution',
        ...next,
      };
}

function nothingMultiplied(model: string): Verdict {
  return {
    sentence: `Nothing is multiplied in ${model}: what it costs is the bytes that it moves.`,
    tone: 'caution',
  };
}

function taken(cost: ModelCostResult | OnnxCostResult): string {
  const { batchSize, forwardFlops, weightBytes, activationBytes, format } = cost;
  const moved = bytes(Math.round(weightBytes + activationBytes));
  const intensity = cost.intensityFlopPerByte;
  const each = intensity === null ? '' : `, ${significant(intensity)} FLOP a byte`;
  const what = batchSize === 1 ? 'An inference' : `An inference of ${batchSize} samples`;
  return `${what} takes ${si(forwardFlops, 'FLOP')} and moves ${moved} in ${format}${each}`;
}

function heaviest(parts: readonly Part[], total: number): string {
  const first = parts.reduce((a, b) => (b.forwardFlops > a.forwardFlops ? b : a));
  return `${first.name} takes ${percent(first.forwardFlops / total)} of the FLOPs`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The order by what each takes: FLOPs, then bytes. */
export function dearestFirst(
  parts: readonly (Part & { readonly weightBytes: number; readonly activationBytes: number })[],
): number[] {
  const moved = parts.map(({ weightBytes, activationBytes }) => weightBytes + activationBytes);
  return parts
    .map((_, i) => i)
    .sort(
      (a, b) =>
        (parts[b]?.forwardFlops ?? 0) - (parts[a]?.forwardFlops ?? 0) ||
        (moved[b] ?? 0) - (moved[a] ?? 0),
    );
}
