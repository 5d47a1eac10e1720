import type * as tf from '@tensorflow/tfjs';
import { ensureBackend } from '../../backend/load';
import { about } from '../../display/variable-name';
import { HalfnoteError } from '../../errors';
import { asLayersModel } from '../../importing/layers-model-of';
import type { FloatModel } from '../../models/graph-model';
import { weightRange } from '../../integer/choose';
import type { Calibration } from '../../models/examples';
import { fuseGraph } from '../../graph/fuse';
import { INTEGER_WEIGHT_FORMATS } from '../../formats/names';
import { weightFormatNamed } from '../../formats/weight-names';
import type { WeightName } from '../../formats/uses';
import { type ReadModel, readModel } from '../../graph/read-model';
import { rulesOf } from '../../graph/scale-rules';
import type { ModelGraph } from '../../models/model-graph';
import type { WeightFormat } from '../../graph/quantized-graph';
import type { QuantizeOptions } from '../options';
import { quantizeRead } from '../quantize';
import { floatLayers } from '../report';
import { INT8 } from '../../integer/affine';
import { layerChoices, type SizeKind } from '../../payloads/sensitivity/choices';
import {
  type Assignment,
  type Choice,
  ofAtMost,
  optimalityGap,
  paretoFrontier,
} from '../../payloads/sensitivity/frontier';
import { SlowProgress } from '../../display/slow-progress';
import { BitAssignment } from './assignment';
import { type BitBudget, budgetText, settleBudget, type SettledBudget } from './budget';
import type { SensitivityRow } from './result';
import { measureUnits, quantizableUnits } from './sensitivity';
import { type SensitivityOptions, type SensitivitySettings, settleSensitivity } from './settings';
import { type BitFormat, bitsOf, fixedBytes, type LayerUnit } from './units';
import { measureQuantized, type Outcome } from './verify';
import { changeText, LayerSensitivity } from './view';

export interface ChooseBitsOptions extends Omit<SensitivityOptions, 'formats'> {
  readonly budget: BitBudget;
  /** Formats to choose from. Default `int8`, `int4`, `int3`, `int2`; `fp32` leaves a layer in float. */
  readonly formats?: readonly (WeightName | 'fp32')[];
  /** Example inputs: int8 layers then take integers in, too. Without, all layers are weight-only. */
  readonly calibrate?: Calibration;
}

/** What the search knows. */
interface Search {
  readonly model: tf.LayersModel;
  readonly read: ReadModel;
  readonly units: readonly LayerUnit[];
  readonly settings: SensitivitySettings;
  readonly calibrate: Calibration | undefined;
  readonly formats: readonly BitFormat[];
  readonly sensitivity: LayerSensitivity;
  /** Bytes of weights that stay in float whatever is chosen. */
  readonly fixedBytes: number;
  /** Of all weights of the float model. */
  readonly modelBytes: number;
}

/**
 * Chooses a format for each layer's weights, so that the whole keeps to a budget: the smallest model
 * that is good enough, or the best that is small enough. Layers' harms, measured one at a time, are
 * taken to add up (of the noise in the outputs, which is independent from layer to layer; of the
 * classes' divergence for `metric: 'kl'`; of the loss for `metric: 'loss'`), and the best
 * assignment of each size is found by dynamic programming. Then the model is quantized so and
 * measured; for `accuracyDrop` and `sqnrDb` that measurement decides.
 *
 * @throws HalfnoteError `budget-unreachable`, which says the least that can be reached, `invalid-budget`,
 *   and as {@link layerSensitivity}.
 */
export async function chooseBits(
  source: FloatModel,
  options: ChooseBitsOptions,
): Promise<BitAssignment> {
  const given = (options as ChooseBitsOptions | undefined) ?? ({} as ChooseBitsOptions);
  const budget = settleBudget(given.budget);
  const formats = namedFormats(given.formats ?? INTEGER_WEIGHT_FORMATS);
  const integers = Array.isArray(formats)
    ? formats.filter((format): format is WeightFormat => format !== 'fp32')
    : formats;
  const model = asLayersModel(source, 'chooseBits');
  const settings = settleSensitivity(model, { ...given, formats: integers }, 'chooseBits');
  if (budget.kind === 'accuracyDrop' && settings.scorer.metric !== 'accuracy') {
    throw new HalfnoteError(
      'data-missing',
      'A budget of accuracy needs labels that are classes.',
      'Pass them as `data: {x, y}`, or use another budget: {sqnrDb}, {bytes} or {meanBits}.',
    );
  }
  const facts = await ensureBackend();
  const read = readModel(model);
  const graph = fuseGraph(read);
  const units = quantizableUnits(graph, read.graph);
  const { calibrate } = given;
  const int8 = calibrate === undefined ? INT8 : weightRange(facts);
  const measurable = { graph, units, settings, facts };
  const sensitivity = new LayerSensitivity(await measureUnits(measurable, int8));
  const search: Search = {
    model,
    read,
    units,
    settings,
    calibrate,
    formats: [...new Set(formats)],
    sensitivity,
    fixedBytes: fixedBytes(graph),
    modelBytes: modelBytes(read.graph),
  };
  const isSize = budget.kind === 'bytes' || budget.kind === 'meanBits';
  const found = await (isSize ? fit(search, budget) : reach(search, budget));
  return about(found, { model: source });
}

/** By their own names; what is no list is left for {@link settleSensitivity} to say. */
function namedFormats(formats: readonly (WeightName | 'fp32')[]): readonly BitFormat[] {
  // JavaScript can hand over anything.
  const given: unknown = formats;
  if (!Array.isArray(given)) return given as readonly BitFormat[];
  return formats.map((name) => (name === 'fp32' ? name : weightFormatNamed(name, ['fp32'])));
}

/** The best assignment that is small enough. */
async function fit(search: Search, budget: SettledBudget): Promise<BitAssignment> {
  const { units, fixedBytes } = search;
  const weights = units.reduce((sum, unit) => sum + unit.weights, 0);
  const limit = budget.kind === 'bytes' ? budget.limit - fixedBytes : budget.limit * weights;
  const layers = choicesOf(search, budget.kind === 'bytes' ? 'bytes' : 'bits');
  const frontier = paretoFrontier(layers);
  // A kernel that can't be had here after all may leave more bytes than were foreseen.
  for (const best of ofAtMost(frontier, limit)) {
    const outcome = await measure(search, best);
    if (budget.kind === 'bytes' && outcome.bytes > budget.limit) continue;
    return assignment(search, budget, best, outcome, optimalityGap(frontier, layers, best));
  }
  const [least] = frontier.assignments;
  const reached =
    budget.kind === 'bytes'
      ? `${((least?.size ?? 0) + fixedBytes).toLocaleString('en')} bytes`
      : `${Number(((least?.size ?? 0) / weights).toPrecision(4))} bits a weight`;
  throw unreachable(budget, search, reached);
}

/** The smallest assignment that measures well enough, by bisection along the frontier. */
async function reach(search: Search, budget: SettledBudget): Promise<BitAssignment> {
  const layers = choicesOf(search, 'bytes');
  const frontier = paretoFrontier(layers);
  const { assignments } = frontier;
  const holds = ({ sqnrDb, drop }: Outcome): boolean =>
    budget.kind === 'sqnrDb' ? sqnrDb >= budget.limit : drop <= budget.limit + 1e-9;
  let [low, high] = [0, assignments.length - 1];
  const label = `Bits of ${search.model.name}: ${budgetText(budget)}`;
  const progress = new SlowProgress(label, Math.ceil(Math.log2(assignments.length + 1)) + 1);
  const at = async (index: number): Promise<Outcome> => {
    const outcome = await measure(search, assignments[index] as Assignment);
    progress.advance(`${outcome.bytes.toLocaleString('en')} bytes`);
    return outcome;
  };
  let found = await at(high);
  if (!holds(found)) throw unreachable(budget, search, reachedText(budget, found));
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const outcome = await at(middle);
    if (holds(outcome)) [high, found] = [middle, outcome];
    else low = middle + 1;
  }
  const best = assignments[high] as Assignment;
  return assignment(search, budget, best, found, optimalityGap(frontier, layers, best));
}

/** What each layer can be, formats in the search's order. */
function choicesOf(search: Search, size: SizeKind): Choice[][] {
  const { units, formats, settings } = search;
  const layers = units.map((unit) => ({
    weights: unit.weights,
    unfoldedBytes: unit.unfoldedBytes,
    formats: formats.map((format) => rowOf(search, unit, format)),
  }));
  return layerChoices(layers, formats.map(bitsOf), size, settings.metric);
}

function rowOf(
  { sensitivity }: Search,
  { layer }: LayerUnit,
  format: BitFormat,
): SensitivityRow | undefined {
  return format === 'fp32' ? undefined : sensitivity.row(layer, format);
}

/** Quantizes the model so, and measures it on the data. */
async function measure(search: Search, chosen: Assignment): Promise<Outcome> {
  const { model, read, settings, sensitivity } = search;
  const quantized = await quantizeRead(model, optionsOf(search, chosen), read);
  return measureQuantized(model, quantized, settings, sensitivity.result.score);
}

/** What `quantize` takes. */
function optionsOf(search: Search, { chosen }: Assignment): QuantizeOptions {
  const { settings, calibrate } = search;
  const layers = layersOf(search, chosen);
  const hasInt8 = Object.values(layers).includes('int8');
  const { granularity } = settings;
  return {
    layers: withRule(layers, settings.scaleRule),
    ...(granularity === undefined ? {} : { granularity }),
    ...(calibrate !== undefined && hasInt8
      ? { mode: 'static', calibrate }
      : { mode: 'weight-only' }),
  };
}

/** The scale rule with the layers whose format can have it: the others have their own. */
function withRule(
  layers: Readonly<Record<string, BitFormat>>,
  scaleRule: SensitivitySettings['scaleRule'],
): NonNullable<QuantizeOptions['layers']> {
  if (scaleRule === undefined) return layers;
  return Object.fromEntries(
    Object.entries(layers).map(([layer, weights]) => [
      layer,
      weights !== 'fp32' && rulesOf(weights).includes(scaleRule) ? { weights, scaleRule } : weights,
    ]),
  );
}

function layersOf(
  { units, formats }: Search,
  chosen: readonly number[],
): Readonly<Record<string, BitFormat>> {
  return Object.fromEntries(
    units.map(({ layer }, i) => [layer, formats[chosen[i] ?? 0] ?? 'fp32']),
  );
}

function assignment(
  search: Search,
  budget: SettledBudget,
  chosen: Assignment,
  measured: Outcome,
  gap: number | undefined,
): BitAssignment {
  const { units, formats, sensitivity, settings, fixedBytes, modelBytes } = search;
  const rows = units.map((unit, i) => {
    const format = formats[chosen.chosen[i] ?? 0] ?? 'fp32';
    const own = rowOf(search, unit, format);
    return {
      layer: unit.layer,
      kind: unit.kind,
      format,
      bits: bitsOf(format),
      weights: unit.weights,
      bytes: own?.bytes ?? unit.unfoldedBytes,
      floatBytes: unit.floatBytes,
      sqnrDb: own?.sqnrDb ?? Infinity,
      kl: own?.kl ?? 0,
      drop: own?.drop ?? 0,
      relativeNoise: own?.relativeNoise ?? 0,
    };
  });
  return new BitAssignment({
    budget,
    options: optionsOf(search, chosen),
    layers: layersOf(search, chosen.chosen),
    rows,
    fixedBytes,
    modelBytes,
    sensitivity: sensitivity.result,
    metric: settings.metric,
    measured,
    gap,
  });
}

function reachedText({ kind }: SettledBudget, { sqnrDb, drop }: Outcome): string {
  return kind === 'sqnrDb'
    ? `${sqnrDb.toFixed(1)} dB`
    : `${changeText(drop, 'accuracy')} of accuracy`;
}

function unreachable(budget: SettledBudget, search: Search, reached: string): HalfnoteError {
  const { formats, fixedBytes } = search;
  return new HalfnoteError(
    'budget-unreachable',
    `No assignment of ${formats.join(', ')} keeps to the budget of ${budgetText(budget)}; the least that can be reached is ${reached}.`,
    unreachableHint(budget, formats, fixedBytes),
  );
}

function unreachableHint(
  { kind }: SettledBudget,
  formats: readonly BitFormat[],
  fixedBytes: number,
): string | undefined {
  if (kind === 'bytes' && fixedBytes > 0) {
    return `${fixedBytes.toLocaleString('en')} bytes are weights of layers that stay in float.`;
  }
  if (kind === 'bytes' || kind === 'meanBits') return 'Add formats of fewer bits to `formats`.';
  return formats.includes('fp32')
    ? undefined
    : "Add 'fp32' to `formats`, so that layers may stay in float.";
}

/** Bytes of all weights of the float model. */
function modelBytes(model: ModelGraph): number {
  return floatLayers(model).reduce((sum, { weightBytes }) => sum + weightBytes, 0);
}
