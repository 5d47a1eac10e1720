import type { Execution } from '../backend/contract';
import { percent } from '../display/units';
import type { Verdict } from '../display/verdict';
import { counted, listed } from '../display/words';

/** A layer or node, as far as the sentence goes. */
export interface ReportedLayer {
  readonly name: string;
  readonly format: string;
  readonly execution: Execution | undefined;
  readonly reason: string;
  readonly weightBytes: number;
  readonly floatWeightBytes: number;
}

interface Reported {
  readonly layers: readonly ReportedLayer[];
  readonly weightBytes: number;
  readonly floatWeightBytes: number;
}

/** Formats that every export has. */
const EXPORTED: readonly string[] = ['int8', 'int4'];
/** Of the bytes of all weights in float: what stays in float beyond it wastes what the rest saves. */
const MUCH = 0.1;

/** How many of the bytes are left, and which layers stay in float. `model` is the variable that holds it. */
export function reportVerdict(report: Reported, model: string | undefined): Verdict {
  const { weightBytes, floatWeightBytes, layers } = report;
  const weighted = layers.filter(
    (layer) => layer.floatWeightBytes > 0 && layer.format !== 'folded',
  );
  const kept = weighted.filter(isInFloat);
  const rounded = weighted.filter((layer) => !isInFloat(layer));
  const formats = [...new Set(rounded.map(({ format }) => format))];
  if (rounded.length === 0) {
    return {
      sentence: `Nothing is quantized: ${reasonFor(kept) ?? 'there are no weights'}.`,
      tone: 'problem',
    };
  }
  const [now, before] = [weightBytes, floatWeightBytes].map((n) => n.toLocaleString('en'));
  const share = floatWeightBytes === 0 ? '' : ` (${percent(weightBytes / floatWeightBytes)})`;
  const simulated = rounded.filter(({ execution }) => execution === 'simulated');
  const keptBytes = kept.reduce((sum, layer) => sum + layer.floatWeightBytes, 0);
  const stay =
    kept.length === 0
      ? ''
      : `; ${listed(kept.map(({ name }) => name))} ${kept.length === 1 ? 'stays' : 'stay'} in float: ${reasonFor(kept) ?? 'as asked for'}`;
  const isGood =
    simulated.length === 0 &&
    keptBytes <= MUCH * floatWeightBytes &&
    weightBytes < floatWeightBytes;
  const isExported = formats.every((format) => EXPORTED.includes(format));
  return {
    sentence: `${listed(formats)}: ${now ?? ''} of ${before ?? ''} bytes of weights${share}; ${work(rounded, simulated)}${stay}.`,
    tone: isGood ? 'good' : 'caution',
    ...(model !== undefined && isExported && { next: `%export onnx ${model} --to ${model}.onnx` }),
  };
}

function isInFloat({ format }: ReportedLayer): boolean {
  return format === 'fp32';
}

/** The first reason of those that stay in float. */
function reasonFor(kept: readonly ReportedLayer[]): string | undefined {
  return kept.find(({ reason }) => reason !== '')?.reason;
}

function work(rounded: readonly ReportedLayer[], simulated: readonly ReportedLayer[]): string {
  const all = counted(rounded.length, 'layer');
  if (simulated.length === 0) return `${all} on kernels of the format`;
  return simulated.length === rounded.length
    ? `${all} simulated, so smaller and not faster`
    : `${simulated.length} of ${all} simulated, so smaller and not faster`;
}

/** What stays in float first, then what takes most bytes. */
export function floatFirst(layers: readonly ReportedLayer[]): number[] {
  const harm = layers.map(
    (layer) => (isInFloat(layer) && layer.floatWeightBytes > 0 ? 1e15 : 0) + layer.weightBytes,
  );
  return layers.map((_, i) => i).sort((a, b) => (harm[b] ?? 0) - (harm[a] ?? 0));
}
