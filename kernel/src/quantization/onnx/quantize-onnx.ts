import { ensureBackend } from '../../backend/load';
import { nearest, HalfnoteError } from '../../errors';
import { nameOf } from '../../export/onnx/foreign/attributes';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { readForeign } from '../../export/onnx/foreign/read-foreign';
import { upgradeOpset } from '../../export/onnx/foreign/upgrade-opset';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { ruleOf } from '../../graph/scale-rules';
import { type CodeScheme, usualGranularity } from '../../graph/weight-codes';
import { INT8 } from '../../integer/affine';
import { weightRange } from '../../integer/choose';
import { isPattern, matches } from '../../precision/policies/keep';
import { observeRanges } from './calibrate';
import { foldIntoProducts } from './fold-into-products';
import { foldConstants } from './fold-constants';
import { type OnnxQuantizeOptions, type OnnxQuantizeSettings, settleOnnx } from './options';
import {
  checkFinite,
  countOf,
  findProducts,
  hoistWeights,
  type KeptProduct,
  type Product,
} from './products';
import { QuantizedOnnxModel } from './quantized-onnx-model';
import { reportRows, type Written } from './report-rows';
import { planValues } from './value-plan';
import { isDynamic, writeDynamic } from './write-dynamic';
import { writeStatic } from './write-static';
import { writeWeightOnly } from './write-weight-only';

/**
 * A quantized copy of a model that ONNX Runtime runs, whoever wrote it: its graph is rewritten, node by
 * node, and everything but the products with constant weights stays as it was.
 *
 * @throws HalfnoteError `onnx-opset`, `invalid-option`, `unknown-...`, `unsupported-mode`,
 *   `not-quantizable` without any product with constant weights, `not-finite` (weights), `calibration-...`,
 *   `onnx-too-large`, `onnxruntime-refused`.
 */
export async function quantizeOnnx(
  model: OnnxModel,
  options: OnnxQuantizeOptions = {},
): Promise<QuantizedOnnxModel> {
  const settings = settleOnnx(options);
  const facts = await ensureBackend();
  const graph = await readForeign(model);
  upgradeOpset(graph);
  await foldConstants(graph);
  const folded = foldIntoProducts(graph);
  hoistWeights(graph);
  const order = graph.nodes.map(nameOf);
  const { products, kept } = chosen(graph, settings);
  for (const product of products) {
    checkFinite(product, graph);
    // By its name the node is found again in what ONNX Runtime makes of the graph.
    if (!product.node.name) product.node.name = graph.unique(`${product.name}/${product.op}`);
  }
  const int8 = settings.mode === 'weight-only' ? INT8 : weightRange(facts);
  const { written, left } = await write(graph, model, products, { settings, int8 });
  if (written.length === 0) throw noneFor(left, model.source);
  addMetadata(graph, settings, written);
  const bytes = graph.encode();
  const outputs = model.outputs.map(({ name }) => name);
  const loaded = await loadOnnx(bytes, { outputs, source: model.source });
  const nodes = await reportRows(bytes, written, [...kept, ...left], { folded, order });
  return new QuantizedOnnxModel({
    model: loaded,
    bytes,
    mode: settings.mode,
    format: settings.weights,
    nodes,
    notes: notesOf(settings, int8.max),
  });
}

/** The products to quantize, and all others with the reason. */
function chosen(
  graph: ForeignGraph,
  { mode, include, exclude }: OnnxQuantizeSettings,
): { readonly products: readonly Product[]; readonly kept: readonly KeptProduct[] } {
  const found = findProducts(graph);
  const isWeightOnly = mode === 'weight-only';
  const inner = found.within.map(({ product }) => product);
  const candidates = isWeightOnly ? [...found.products, ...inner] : found.products;
  const names = candidates.map(({ name }) => name);
  for (const pattern of [...include, ...exclude]) checkMet(pattern, names, graph.source);
  const products: Product[] = [];
  const kept = [...found.kept];
  if (!isWeightOnly) {
    for (const { product, where } of found.within) {
      kept.push(keptAs(product, `it is within ${where}, where mode 'weight-only' reaches`));
    }
  }
  for (const product of candidates) {
    const excluded = exclude.find((pattern) => matches(pattern, product.name));
    const isIncluded = include.length === 0 || include.some((one) => matches(one, product.name));
    if (excluded === undefined && isIncluded) products.push(product);
    else
      kept.push(
        keptAs(product, excluded === undefined ? 'not included' : `excluded by '${excluded}'`),
      );
  }
  if (products.length > 0) return { products, kept };
  const reasons = [...new Set(kept.map(({ op, reason }) => `${op}: ${reason}`))];
  throw new HalfnoteError(
    'not-quantizable',
    `'${graph.source}' has no Conv, ConvTranspose, Gemm or MatMul whose weights can be quantized${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}.`,
  );
}

function keptAs({ name, op, shape }: Product, reason: string): KeptProduct {
  return { name, op, reason, floatWeightBytes: 4 * countOf(shape) };
}

const NO_INTEGERS = 'ONNX Runtime has no integer product for it, or its input is no float32';

function noneFor(left: readonly KeptProduct[], source: string): HalfnoteError {
  const reasons = [...new Set(left.map(({ op, reason }) => `${op}: ${reason}`))];
  return new HalfnoteError(
    'not-quantizable',
    `All products of '${source}' stay in float: ${reasons.join('; ')}.`,
    left.some(({ reason }) => reason === NO_INTEGERS) ? "Use mode 'weight-only'." : undefined,
  );
}

function checkMet(pattern: string, names: readonly string[], source: string): void {
  if (names.some((name) => matches(pattern, name))) return;
  const near = isPattern(pattern) ? [] : nearest(pattern, names);
  throw new HalfnoteError(
    'unknown-layer',
    `No node of '${source}' with weights matches '${pattern}'; they are ${names.join(', ')}.`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined,
  );
}

interface WriteOptions {
  readonly settings: OnnxQuantizeSettings;
  readonly int8: CodeScheme['int8'];
}

async function write(
  graph: ForeignGraph,
  model: OnnxModel,
  products: readonly Product[],
  { settings, int8 }: WriteOptions,
): Promise<{ readonly written: readonly Written[]; readonly left: readonly KeptProduct[] }> {
  const { mode, weights, examples, observer, activationScale, granularity, scaleRule } = settings;
  const usual = granularity ?? usualGranularity(weights);
  const schemeOf = ({ axis }: Product): CodeScheme => ({
    format: weights,
    granularity: axis === undefined ? 'per-tensor' : usual,
    rule: ruleOf(weights, scaleRule),
    int8,
  });
  if (mode === 'weight-only') {
    const made = writeWeightOnly(graph, products, schemeOf);
    return apart(products, (product) => {
      const how = made.get(product.node) ?? '';
      return typeof how === 'string' ? how : { product, format: weights, ...how };
    });
  }
  const integer = (product: Product): Written => ({
    product,
    format: weights,
    isSimulated: false,
    how: '',
    bytes: codeBytes(product, schemeOf(product)),
  });
  if (mode === 'dynamic') {
    writeDynamic(graph, products.filter(isDynamic), schemeOf);
    return apart(products, (product) => (isDynamic(product) ? integer(product) : NO_INTEGERS));
  }
  const plan = planValues(graph, products, activationScale);
  const names = [...plan.values.keys()];
  // Mode `static` has examples: the options were checked.
  const given = examples ?? [];
  const ranges = await observeRanges(graph, model, names, given, observer);
  const taken = writeStatic(graph, { plan, products, ranges, schemeOf, scale: activationScale });
  return apart(products, (product) => {
    const activations = taken.get(product.node);
    return activations === undefined ? NO_INTEGERS : { ...integer(product), activations };
  });
}

/** What was written, and what stays in float with the reason. */
function apart(
  products: readonly Product[],
  of: (product: Product) => Written | string,
): { readonly written: readonly Written[]; readonly left: readonly KeptProduct[] } {
  const written: Written[] = [];
  const left: KeptProduct[] = [];
  for (const product of products) {
    const one = of(product);
    if (typeof one === 'string') left.push(keptAs(product, one));
    else written.push(one);
  }
  return { written, left };
}

/** Of int8 codes with their scales. */
function codeBytes({ shape, axis = 0 }: Product, { granularity }: CodeScheme): number {
  return countOf(shape) + 4 * (granularity === 'per-tensor' ? 1 : (shape[axis] ?? 1));
}

function addMetadata(
  graph: ForeignGraph,
  { mode, weights }: OnnxQuantizeSettings,
  written: readonly Written[],
): void {
  const before = 4 * written.reduce((sum, one) => sum + countOf(one.product.shape), 0);
  const said = {
    'halfnote.format': weights,
    'halfnote.mode': mode,
    'halfnote.fp32_weight_bytes': String(before),
  };
  const others = (graph.model.metadataProps ?? []).filter(
    ({ key }) => !Object.hasOwn(said, key ?? ''),
  );
  graph.model.metadataProps = [
    ...others,
    ...Object.entries(said).map(([key, value]) => ({ key, value })),
  ];
}

function notesOf({ mode, weights }: OnnxQuantizeSettings, largest: number): string[] {
  const notes: string[] = [];
  if (mode !== 'weight-only' && largest < INT8.max) {
    notes.push(
      'Weights have 7 bits: 16-bit sums of this processor, which has no VNNI, would saturate.',
    );
  }
  if (mode === 'weight-only' && weights !== 'int4') {
    notes.push(
      `ONNX Runtime multiplies in float32: ${weights} changes what the weights are, not how fast they are multiplied.`,
    );
  }
  return notes;
}
