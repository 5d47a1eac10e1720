import type { TfBinding } from '../../backend/binding';
import { bytesOf, DT } from '../../backend/dtypes';
import { overrideBinding } from '../../patches/binding';

/** A buffer of native memory: born at one tick of the trace's clock, freed at another. */
export interface Allocation {
  readonly bytes: number;
  readonly op: string;
  /** What {@link AllocationTrace.context} was when it was made. */
  readonly context: string;
  /** For a cast, the buffer that was cast. */
  readonly castOf: Allocation | undefined;
  readonly born: number;
  died: number | undefined;
}

interface Held extends Allocation {
  owners: number;
}

/** Ops whose output shares the memory of their first input. */
const ALIASING: ReadonlySet<string> = new Set([
  'Bitcast',
  'ExpandDims',
  'Identity',
  'Reshape',
  'Squeeze',
  'StopGradient',
]);

/**
 * Follows every native buffer from its op to its release, tensors of tfjs, raw handles and resource
 * variables alike, each at its true width and once however many handles share it. What an op needs for
 * itself while it runs isn't seen. One trace at a time.
 */
export class AllocationTrace {
  /** Noted with each allocation. */
  context = '';
  readonly allocations: Allocation[] = [];
  private clock = 0;
  private readonly handles = new Map<number, Held>();
  /** Resource handle to the buffer of its value. */
  private readonly resources = new Map<number, Held | undefined>();
  private restore: (() => void) | undefined;

  get now(): number {
    return this.clock;
  }

  /** The buffer behind a handle; undefined where it was made before the trace. */
  behind(handle: number): Allocation | undefined {
    return this.handles.get(handle);
  }

  start(): void {
    this.restore = overrideBinding((binding) => ({
      createTensor: this.createTensor(binding),
      deleteTensor: this.deleteTensor(binding),
      executeOp: this.executeOp(binding),
    }));
  }

  stop(): void {
    this.restore?.();
    this.restore = undefined;
  }

  private createTensor(binding: TfBinding): TfBinding['createTensor'] {
    return (shape, dtype, values) => {
      const id = binding.createTensor(shape, dtype, values);
      this.handles.set(id, this.allocate('Const', shape, dtype));
      return id;
    };
  }

  private deleteTensor(binding: TfBinding): TfBinding['deleteTensor'] {
    return (id) => {
      binding.deleteTensor(id);
      this.release(this.handles.get(id));
      this.handles.delete(id);
    };
  }

  private executeOp(binding: TfBinding): TfBinding['executeOp'] {
    return (name, attributes, inputs, count) => {
      const outputs = binding.executeOp(name, attributes, inputs, count);
      this.onResources(name, inputs);
      const [first = -1] = inputs;
      for (const { id, shape, dtype } of outputs) {
        if (dtype === DT.resource) this.resources.set(id, undefined);
        else
          this.handles.set(
            id,
            this.shared(name, first) ?? this.allocate(name, shape, dtype, first),
          );
      }
      return outputs;
    };
  }

  /** The buffer that an output shares with what stood before. */
  private shared(op: string, input: number): Held | undefined {
    const held =
      op === 'ReadVariableOp'
        ? this.resources.get(input)
        : ALIASING.has(op)
          ? this.handles.get(input)
          : undefined;
    if (held !== undefined) held.owners += 1;
    return held;
  }

  private onResources(op: string, [resource = -1, value = -1]: readonly number[]): void {
    const held = this.resources.get(resource);
    if (op === 'AssignVariableOp') {
      const next = this.handles.get(value);
      if (next !== undefined) next.owners += 1;
      this.resources.set(resource, next);
      this.release(held);
    } else if (op === 'DestroyResourceOp') {
      this.release(held);
      this.resources.delete(resource);
    } else if (op.startsWith('ResourceApply') && held !== undefined && held.owners > 1) {
      // Somebody else reads the value: TensorFlow writes into a copy.
      this.resources.set(resource, this.hold(op, held.bytes, undefined));
      this.release(held);
    }
  }

  private allocate(op: string, shape: readonly number[], dtype: number, input = -1): Held {
    return this.hold(
      op,
      bytesOf(shape, dtype),
      op === 'Cast' ? this.handles.get(input) : undefined,
    );
  }

  private hold(op: string, bytes: number, castOf: Allocation | undefined): Held {
    const born = this.clock++;
    const held = { bytes, op, context: this.context, castOf, born, died: undefined, owners: 1 };
    this.allocations.push(held);
    return held;
  }

  private release(held: Held | undefined): void {
    if (held === undefined) return;
    held.owners -= 1;
    if (held.owners === 0) held.died = this.clock++;
  }
}

export function isAlive({ born, died }: Allocation, tick: number): boolean {
  return born <= tick && (died === undefined || died > tick);
}

/** The most bytes that were held at once from one tick to another. */
export function peakBytes(
  allocations: readonly Allocation[],
  [from, to]: readonly [from: number, to: number],
  bytesOf: (allocation: Allocation, index: number) => number = ({ bytes }) => bytes,
): number {
  const changes = new Map<number, number>();
  let held = 0;
  allocations.forEach((allocation, index) => {
    const bytes = bytesOf(allocation, index);
    const { born, died } = allocation;
    if (isAlive(allocation, from)) held += bytes;
    else if (born > from && born <= to) changes.set(born, bytes);
    if (died !== undefined && died > from && died <= to) changes.set(died, -bytes);
  });
  let peak = held;
  for (const tick of [...changes.keys()].sort((a, b) => a - b)) {
    held += changes.get(tick) ?? 0;
    peak = Math.max(peak, held);
  }
  return peak;
}
