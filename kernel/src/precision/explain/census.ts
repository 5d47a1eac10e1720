import type { ComputeFormat, OpCast, OpRun, StorageFormat } from '../../backend/contract';
import { onOp } from '../../backend/load';
import { engine } from '../../patches/engine-internals';
import { place, watchPlaces } from '../policies/place';
import { policyInForce, ruleInForce } from '../session';

export type Direction = 'forward' | 'backward';

/** Casts from one format to another, added up. */
export interface CastSum {
  readonly from: StorageFormat;
  readonly to: StorageFormat;
  readonly count: number;
  /** Of the copies that were made. */
  readonly bytes: number;
  /** Measured; on a GPU the time of dispatch. */
  readonly seconds: number;
}

/** Calls of one op in one layer and direction that went the same way. */
export interface OpGroup {
  /** The layer's path; empty outside of layers: losses, and sums of gradients between layers. */
  readonly layer: string;
  readonly direction: Direction;
  readonly op: string;
  readonly calls: number;
  /** What the results are stored in. */
  readonly format: StorageFormat;
  readonly run: Omit<OpRun, 'casts'>;
  /** The policy's compute format where it ran, and the rule that set it for the layer. */
  readonly policy: ComputeFormat;
  readonly rule: string | undefined;
  readonly casts: readonly CastSum[];
}

type Counted = { -readonly [K in keyof OpGroup]: OpGroup[K] };

/**
 * Runs a forward and backward pass and tells what each op of it did. While a gradient's forward part
 * runs, tfjs's tape is on; what comes after is backward.
 */
export function census<T>(work: () => T): { readonly result: T; readonly ops: OpGroup[] } {
  const groups = new Map<string, Counted>();
  const stopPlaces = watchPlaces();
  const stop = onOp((op, format, _inputs, { asked, compute, trap, casts }) => {
    const layer = place()?.path ?? '';
    const direction = engine().state.gradientDepth > 0 ? 'forward' : 'backward';
    const policy = policyInForce().compute;
    const key = [layer, direction, op, format, asked, compute, policy].join('|');
    const group = groups.get(key) ?? {
      layer,
      direction,
      op,
      calls: 0,
      format,
      run: { asked, compute, trap },
      policy,
      rule: ruleInForce()?.text,
      casts: [],
    };
    groups.set(key, group);
    group.calls += 1;
    group.casts = casts.reduce(addCast, group.casts);
  });
  try {
    return { result: work(), ops: [...groups.values()] };
  } finally {
    stop();
    stopPlaces();
  }
}

function addCast(sums: readonly CastSum[], cast: OpCast): readonly CastSum[] {
  const same = (sum: CastSum): boolean => sum.from === cast.from && sum.to === cast.to;
  const known = sums.find(same) ?? { ...cast, count: 0, bytes: 0, seconds: 0 };
  const { from, to, count, bytes, seconds } = known;
  const sum = {
    from,
    to,
    count: count + 1,
    bytes: bytes + cast.bytes,
    seconds: seconds + cast.seconds,
  };
  return [...sums.filter((other) => !same(other)), sum];
}
