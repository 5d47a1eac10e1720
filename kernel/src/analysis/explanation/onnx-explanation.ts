import type * as ort from 'onnxruntime-node';
import { onnx } from 'onnx-proto';
import { deviceFacts } from '../../backend/load';
import type { StorageFormat } from '../../backend/contract';
import { nameOf } from '../../export/onnx/foreign/attributes';
import type { OnnxModel } from '../../export/onnx/onnx-model';
import { onnxRuntime, ortTensor } from '../../export/onnx/onnx-runtime';
import { USES } from '../../formats/uses';
import {
  type KeepProposal,
  type LayerRanges,
  proposeKeep,
} from '../../precision/explain/proposals';
import { RangeAccumulator } from '../../precision/ranges/accumulator';
import { histogramOf } from '../../precision/ranges/histogram';
import { regime } from '../../precision/session';
import type { OnnxInput } from '../../quantization/onnx/calibrate';
import { type KernelCall, profileKernels } from '../onnx/kernel-profile';
import { type KernelSupport, kernelSupport } from '../onnx/kernel-support';
import { type OnnxRun, runOnce } from '../onnx/run-once';
import { FLOAT_BYTES } from '../onnx/weights';
import { type NodeFormat, nodeFormats, STORED } from './node-formats';
import type { ExplainedNode, NodeRun } from './onnx-result';
import { OnnxExplanation } from './onnx-view';

/**
 * Explains an ONNX model, which ONNX Runtime runs in the types of its file whatever the policy: what each
 * node ran in, by ONNX Runtime's own profiler; and what the policy in force would give it, were the file
 * converted by the rules of autocast, with whether ONNX Runtime has a kernel for that, by trial. From the
 * ranges of the run it proposes nodes to keep in fp32.
 *
 * @param x Real inputs: a tensor, one per input, or by name.
 * @throws HalfnoteError `input-mismatch`, `unsupported-type`, `onnxruntime-refused`.
 */
export async function explainOnnx(model: OnnxModel, x: OnnxInput): Promise<OnnxExplanation> {
  const ranges = new Map<string, RangeAccumulator>();
  const run = await runOnce(model, { data: { x } }, (name, value) => {
    if (value.type !== 'float32') return;
    const one = new RangeAccumulator(name, 'activation', value.dims);
    one.add(histogramOf(value.data as Float32Array));
    ranges.set(name, one);
  });
  const now = regime();
  const formats = nodeFormats(run, now, deviceFacts());
  const { alone, optimized } = await profiles(model, run, x);
  const casts = optimized.calls.filter(({ op }) => op === 'Cast');
  const providers = [...new Set(optimized.calls.map(({ provider }) => provider))];
  const supported = await supportOf(formats, run);
  const nodes = formats.map((one, i): ExplainedNode => ({
    name: nameOf(one.node),
    op: one.node.opType ?? '',
    run: runOf(one.node, alone.get(profileName(i)), run),
    format: one.formats,
    execution: supported(one),
    decision: one.decision,
    causes: one.causes,
  }));
  const version = onnxRuntime().env.versions.node ?? '';
  const found = formats.map(({ node }) => ({ node, range: rangesOf(node, ranges) }));
  const broken = found.find(({ range }) => range.some(({ inf, nan }) => inf + nan > 0));
  const { results } = USES[now.policy.compute].compute;
  return new OnnxExplanation({
    model: model.source,
    policy: now.policy,
    keep: String(now.keep),
    engine: `ONNX Runtime ${version} (${providers.join(', ')})`,
    nodes,
    kernels: optimized.calls.length,
    casts: casts.length,
    castSeconds: casts.reduce((sum, { seconds }) => sum + seconds, 0),
    runSeconds: optimized.seconds,
    proposals:
      results === 'fp32' || broken !== undefined ? undefined : proposed(formats, ranges, results),
    broken: broken === undefined ? undefined : nameOf(broken.node),
  });
}

const PREFIX = 'halfnote-node-';
const profileName = (i: number): string => `${PREFIX}${i}`;

/** One run with each node by itself, by its number, and one as ONNX Runtime fuses them. */
async function profiles(
  model: OnnxModel,
  { graph }: OnnxRun,
  x: OnnxInput,
): Promise<{
  readonly alone: ReadonlyMap<string, KernelCall>;
  readonly optimized: Awaited<ReturnType<typeof profileKernels>>;
}> {
  const given = model.named(x);
  const feeds: Record<string, ort.Tensor> = {};
  for (const input of model.inputs) {
    const tensor = given.get(input.name);
    if (tensor !== undefined) feeds[input.name] = ortTensor(onnxRuntime(), tensor, input);
  }
  const optimized = await profileKernels(graph.encode(), feeds);
  const before = graph.nodes;
  // The profiler tells nodes by their names, and many have none.
  graph.nodes = before.map((node, i) => ({ ...node, name: profileName(i) }));
  const bytes = graph.encode();
  graph.nodes = before;
  const each = await profileKernels(bytes, feeds, { graphOptimizationLevel: 'disabled' });
  return { optimized, alone: new Map(each.calls.map((call) => [call.node, call])) };
}

/** What the kernel of a node computed with, beside the types that the file has. */
function runOf(node: onnx.INodeProto, call: KernelCall | undefined, { values }: OnnxRun): NodeRun {
  const typesOf = (names: readonly string[] | null | undefined): string[] =>
    (names ?? []).flatMap((name) => values.get(name)?.type ?? []);
  const isFloat = (type: string): boolean => FLOAT_BYTES.has(type);
  const inFile = [...typesOf(node.input), ...typesOf(node.output)].filter(isFloat);
  // What becomes of its parts isn't seen; in 32 bits they are what it is.
  if (call === undefined) {
    const isNarrow = inFile.some((type) => type === 'float16' || type === 'bfloat16');
    return { format: undefined, execution: isNarrow ? 'simulated' : 'native' };
  }
  const ran = [...call.inputs, ...call.outputs];
  const floats = new Set(ran.filter(isFloat));
  const format =
    floats.size > 0
      ? [...floats].map((type) => STORED[type] ?? type).join(', ')
      : (call.outputs[0] ?? '');
  const isOwn = inFile.length === 0 || [...floats].every((type) => inFile.includes(type));
  return { format, execution: isOwn ? 'native' : 'simulated' };
}

/** Says of each node whether ONNX Runtime computes in its format here; each operator is tried once. */
async function supportOf(
  formats: readonly NodeFormat[],
  run: OnnxRun,
): Promise<(one: NodeFormat) => ExplainedNode['execution']> {
  const { FLOAT16, BFLOAT16 } = onnx.TensorProto.DataType;
  const types: Readonly<Record<string, number>> = { fp16: FLOAT16, bf16: BFLOAT16 };
  const tried = new Map<string, KernelSupport>();
  const key = ({ node, format }: NodeFormat): string =>
    [node.domain ?? '', node.opType ?? '', format ?? ''].join(' ');
  for (const one of formats) {
    const type = types[one.format ?? ''];
    if (type === undefined || tried.has(key(one))) continue;
    tried.set(key(one), await kernelSupport(one.node, run, type));
  }
  return (one) => {
    if (one.format === undefined) return undefined;
    if (one.isRounded) return 'simulated';
    const support = tried.get(key(one)) ?? 'own';
    return support === 'own' ? 'native' : support === 'widened' ? 'simulated' : 'none';
  };
}

function rangesOf(
  { output }: onnx.INodeProto,
  ranges: ReadonlyMap<string, RangeAccumulator>,
): ReturnType<RangeAccumulator['toLayer']>[] {
  return (output ?? []).flatMap((name) => ranges.get(name)?.toLayer() ?? []);
}

/**
 * The nodes to keep in fp32: those that would make values which the format can't hold, and those that
 * would take them, for their inputs are rounded too.
 */
function proposed(
  formats: readonly NodeFormat[],
  ranges: ReadonlyMap<string, RangeAccumulator>,
  format: StorageFormat,
): KeepProposal[] {
  const low = formats.filter((one) => one.format === format);
  const found = (namesOf: (node: onnx.INodeProto) => readonly string[]): KeepProposal[] => {
    const all = low.flatMap(({ node }) =>
      namesOf(node).flatMap((name): LayerRanges[] => {
        const own = ranges.get(name)?.toLayer();
        return own === undefined ? [] : [{ layer: nameOf(node), ranges: own }];
      }),
    );
    return proposeKeep(all, format, 1);
  };
  const makers = found(({ output }) => output ?? []);
  const takers = found(({ input }) => input ?? [])
    .filter(({ layer }) => !makers.some((maker) => maker.layer === layer))
    .map((one) => ({ ...one, reason: one.reason.replaceAll('its activations', 'what it takes') }));
  const order = formats.map(({ node }) => nameOf(node));
  return [...makers, ...takers].sort((a, b) => order.indexOf(a.layer) - order.indexOf(b.layer));
}
