import { Variable } from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { ATTR } from './attributes';
import type { NativeBackend, RawTensor } from './binding';
import { castThrough } from './cast-cache';
import type { CastCache } from './cast-cache';
import type { OpAttribute, OpInput, OpListener, StorageFormat } from './contract';
import { codeOf, DT, formatOf, isLow } from './dtypes';
import { castPlanner, promote, withWeakScalars } from './planner';
import { castHandle } from './raw';
import type { TrapIndex } from './traps';

/** What an op runs in, and what its float results are rounded to when that differs. */
interface Plan {
  readonly compute: StorageFormat;
  readonly round: StorageFormat | undefined;
}

const FP32: Plan = { compute: 'fp32', round: undefined };

/**
 * Runs tfjs-node's ops in the format that the planner, the traps and TensorFlow's kernels allow:
 * casts the float inputs, rewrites the type attributes, frees what it made on the way.
 */
export class Executor {
  /** While false, no 16-bit tensor exists and nothing has to be looked at. */
  private lowSeen = false;
  castCache: CastCache | undefined;

  constructor(
    private readonly backend: NativeBackend,
    private readonly traps: TrapIndex,
    private readonly listeners: ReadonlySet<OpListener>,
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
    const { binding } = this.backend;
    const ids = this.backend.getInputTensorIds(inputs);
    const plain = !this.lowSeen && castPlanner() === undefined;
    if (plain && this.listeners.size === 0) {
      return binding.executeOp(name, attributes, ids, outputs);
    }
    const codes = inputs.map((input) => this.backend.tensorMap.get(input.dataId)?.dtype ?? -1);
    const plan = plain ? FP32 : this.plan(name, attributes, inputs, codes);
    const results = this.runAs(plan, name, attributes, inputs, ids, codes, outputs);
    for (const listener of this.listeners) listener(name, plan.round ?? plan.compute, inputs);
    return results;
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
    if (trap === undefined) return { compute: asked, round: undefined };
    return { compute: trap.useInstead, round: trap.roundResult ? asked : undefined };
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
      const cached = this.castCache?.cast(source.dataId, id, code, through, target);
      if (cached !== undefined) return cached;
      const cast = castThrough(id, code, through, target);
      temporary.push(cast);
      return cast;
    });
    try {
      const results = this.backend.binding.executeOp(
        name,
        target === DT.float ? attributes : retyped(attributes, target),
        castIds,
        outputs,
      );
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

  private rounded(results: readonly RawTensor[], code: number): RawTensor[] {
    return results.map((result) => {
      if (result.dtype !== DT.float) return result;
      const id = castHandle(result.id, DT.float, code);
      this.backend.binding.deleteTensor(result.id);
      return { ...result, id, dtype: code };
    });
  }
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
