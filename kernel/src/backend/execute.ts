import { Variable } from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { ATTR } from './attributes';
import type { NativeBackend, RawTensor } from './binding';
import { castThrough } from './cast-cache';
import type { CastCache } from './cast-cache';
import type { OpAttribute, OpCast, OpInput, OpListener, StorageFormat } from './contract';
import { codeOf, DT, formatOf, isLow } from './dtypes';
import { kernelFor } from './onednn-kernels';
import type { KernelChoice } from './onednn-kernels';
import { castPlanner, promote, withWeakScalars } from './planner';
import { castHandle } from './raw';
import type { TrapIndex } from './traps';

/** What an op runs in, and what its float results are rounded to when that differs. */
interface Plan {
  readonly compute: StorageFormat;
  readonly round: StorageFormat | undefined;
  /** What was asked for, and why that is not what it computes in. */
  readonly asked?: StorageFormat;
  readonly trap?: string;
}

const FP32: Plan = { compute: 'fp32', round: undefined };
const BYTES: Readonly<Record<StorageFormat, number>> = { fp32: 4, bf16: 2, fp16: 2 };

/**
 * Runs tfjs-node's ops in the format that the planner, the traps and TensorFlow's kernels allow:
 * casts the float inputs, rewrites the type attributes, frees what it made on the way.
 */
export class Executor {
  /** While false, no 16-bit tensor exists and nothing has to be looked at. */
  private lowSeen = false;
  castCache: CastCache | undefined;
  /** The casts of the op that runs; undefined while nobody listens. */
  private casts: OpCast[] | undefined;

  constructor(
    private readonly backend: NativeBackend,
    private readonly traps: TrapIndex,
    private readonly listeners: ReadonlySet<OpListener>,
    private readonly kernels: KernelChoice,
  ) {}

  /** Tells the executor that a tensor is now stored in 16 bits. */
  noteLow(): void {
    this.lowSeen = true;
  }

  run(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): RawTensor[] {
    const ids = this.backend.getInputTensorIds(inputs);
    const plain = !this.lowSeen && castPlanner() === undefined;
    if (plain && this.listeners.size === 0) {
      return this.execute(name, attributes, inputs, ids, outputs);
    }
    const codes = inputs.map((input) => this.backend.tensorMap.get(input.dataId)?.dtype ?? -1);
    const plan = plain ? FP32 : this.plan(name, attributes, inputs, codes);
    if (this.listeners.size === 0) {
      return this.runAs(plan, name, attributes, inputs, ids, codes, outputs);
    }
    const casts: OpCast[] = [];
    this.casts = casts;
    try {
      const results = this.runAs(plan, name, attributes, inputs, ids, codes, outputs);
      const ran = this.afterwards(name, plan);
      const run = { asked: ran.asked, compute: ran.compute, trap: ran.trap, casts };
      for (const listener of this.listeners) listener(name, ran.round ?? ran.compute, inputs, run);
      return results;
    } finally {
      this.casts = undefined;
    }
  }

  /** Calls TensorFlow, on the faster of two kernels where this CPU has the choice. */
  private execute(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    ids: readonly number[],
    outputs: number,
  ): RawTensor[] {
    const { binding } = this.backend;
    if (this.kernels.use === 'never') return binding.executeOp(name, attributes, ids, outputs);
    const shapes = (): (readonly number[])[] => inputs.map(({ shape }) => shape);
    const call = kernelFor(this.kernels, { name, attributes }, shapes);
    return binding.executeOp(call.name, call.attributes, ids, outputs);
  }

  /** The plan as it was carried out: TensorFlow may have refused the op in its format just now. */
  private afterwards(name: string, plan: Plan): Plan {
    if (plan.asked === undefined || plan.trap !== undefined) return plan;
    const refused = this.traps.find(name, plan.asked);
    if (refused === undefined) return plan;
    return { ...plan, compute: refused.useInstead, trap: refused.why };
  }

  private plan(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    codes: readonly number[],
  ): Plan {
    // To tfjs a cast from float32 to float32 changes nothing (its pooling ops end with one), so the
    // storage stays; casts from or to other types go through fp32.
    if (name === 'Cast') return { compute: castStorage(attributes, codes), round: undefined };
    const described = codes.map((code, index): OpInput => {
      const format = formatOf(code);
      return {
        isFloat: format !== undefined,
        format,
        isVariable: inputs[index] instanceof Variable,
      };
    });
    if (!described.some(({ isFloat }) => isFloat)) return FP32;
    const effective = withWeakScalars(
      described,
      inputs.map(({ rank }) => rank),
    );
    const asked = (castPlanner() ?? promote)(name, effective);
    const trap = this.traps.find(name, asked);
    if (trap === undefined) return { compute: asked, round: undefined, asked };
    const { useInstead, roundResult, why } = trap;
    return { compute: useInstead, round: roundResult ? asked : undefined, asked, trap: why };
  }

  private runAs(
    plan: Plan,
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    ids: readonly number[],
    codes: readonly number[],
    outputs: number,
  ): RawTensor[] {
    const target = codeOf(plan.compute);
    const through = codeOf(plan.round ?? plan.compute);
    const temporary: number[] = [];
    const castIds = ids.map((id, index) => {
      const code = codes[index] ?? -1;
      const source = inputs[index];
      const fits = code === target && (code === through || plan.round === undefined);
      if (formatOf(code) === undefined || fits || source === undefined) return id;
      const known = this.castCache?.find(source.dataId, through, target);
      if (known !== undefined) return known;
      const began = this.casts && performance.now();
      let cast = this.castCache?.cast(source.dataId, id, code, through, target);
      if (cast === undefined) {
        cast = castThrough(id, code, through, target);
        temporary.push(cast);
      }
      this.countCast(code, target, source.size, began);
      return cast;
    });
    try {
      const typed = target === DT.float ? attributes : retyped(attributes, target);
      const results = this.execute(name, typed, inputs, castIds, outputs);
      return plan.round === undefined ? results : this.rounded(results, codeOf(plan.round));
    } catch (error) {
      if (plan.compute === 'fp32') throw error;
      return this.withoutKernel(plan.compute, name, attributes, inputs, ids, codes, outputs);
    } finally {
      for (const id of temporary) this.backend.binding.deleteTensor(id);
    }
  }

  /**
   * TensorFlow refused the op in 16 bits: runs it in fp32. If that works, the format was to blame, and
   * the op is remembered as having no such kernel; if not, the fp32 error is the user's.
   */
  private withoutKernel(
    format: StorageFormat,
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    ids: readonly number[],
    codes: readonly number[],
    outputs: number,
  ): RawTensor[] {
    const results = this.runAs(FP32, name, attributes, inputs, ids, codes, outputs);
    this.traps.add({
      op: name,
      formats: [format],
      device: 'any',
      useInstead: 'fp32',
      roundResult: false,
      why: `TensorFlow has no ${format} kernel for it on this device`,
    });
    return results;
  }

  private countCast(
    fromCode: number,
    toCode: number,
    size: number,
    beganMs: number | undefined,
  ): void {
    const [from, to] = [formatOf(fromCode), formatOf(toCode)];
    if (this.casts === undefined || beganMs === undefined || !from || !to) return;
    const seconds = (performance.now() - beganMs) / 1000;
    this.casts.push({ from, to, bytes: size * BYTES[to], seconds });
  }

  private rounded(results: readonly RawTensor[], code: number): RawTensor[] {
    return results.map((result) => {
      if (result.dtype !== DT.float) return result;
      const began = this.casts && performance.now();
      const id = castHandle(result.id, DT.float, code);
      this.countCast(DT.float, code, elements(result.shape), began);
      this.backend.binding.deleteTensor(result.id);
      return { ...result, id, dtype: code };
    });
  }
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function castStorage(attributes: readonly OpAttribute[], codes: readonly number[]): StorageFormat {
  const toFloat = attributes.some(({ name, value }) => name === 'DstT' && value === DT.float);
  return (toFloat ? formatOf(codes[0] ?? -1) : undefined) ?? 'fp32';
}

function retyped(attributes: readonly OpAttribute[], code: number): OpAttribute[] {
  return attributes.map((attribute) =>
    attribute.type === ATTR.type && attribute.value === DT.float
      ? { ...attribute, value: code }
      : attribute,
  );
}

/** True when any of the outputs is a 16-bit float. */
export function anyLow(outputs: readonly RawTensor[]): boolean {
  return outputs.some(({ dtype }) => isLow(dtype));
}
