import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { onnxRuntime } from '../../export/onnx/onnx-runtime';

/** One call of a kernel, as ONNX Runtime's own profiler saw it. */
export interface KernelCall {
  /** Of the node, which fusing changes. */
  readonly node: string;
  readonly op: string;
  /** ONNX Runtime's name of what ran it: `CPUExecutionProvider`. */
  readonly provider: string;
  /** Element types of the inputs that aren't weights packed beforehand, and of the outputs, by NumPy's names. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Measured. */
  readonly seconds: number;
}

export interface KernelProfile {
  readonly calls: readonly KernelCall[];
  /** Of the whole run, measured. */
  readonly seconds: number;
}

/** What is read of an event of the profiler's file. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly provider?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, unknown>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, unknown>>[];
  };
}

const KERNEL = /_kernel_time$/;
/** ONNX Runtime's names of element types that aren't NumPy's. */
const NUMPY_NAMES: Readonly<Record<string, string>> = { float: 'float32', double: 'float64' };

/**
 * The kernels of one run of a model, after one that isn't counted. `graphOptimizationLevel: 'disabled'`
 * runs each node by itself, under its own name.
 */
export async function profileKernels(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
  options: Pick<InferenceSession.SessionOptions, 'graphOptimizationLevel'> = {},
): Promise<KernelProfile> {
  const folder = await mkdtemp(join(tmpdir(), 'halfnote-profile-'));
  try {
    const session = await onnxRuntime().InferenceSession.create(bytes, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'run'),
      logSeverityLevel: 4,
    });
    try {
      await session.run(feeds);
      await session.run(feeds);
    } finally {
      session.endProfiling();
      await session.release();
    }
    const [file = ''] = await readdir(folder);
    return lastRun(JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lastRun(events: readonly ProfileEvent[]): KernelProfile {
  const run = events.findLast(({ cat, name }) => cat === 'Session' && name === 'model_run');
  const calls = events.filter(
    ({ cat, name, ts }) => cat === 'Node' && KERNEL.test(name) && ts >= (run?.ts ?? 0),
  );
  return {
    seconds: (run?.dur ?? 0) / 1e6,
    calls: calls.map(({ name, dur, args = {} }) => ({
      node: name.replace(KERNEL, ''),
      op: args.op_name ?? '',
      provider: args.provider ?? '',
      inputs: typesOf(args.input_type_shape),
      outputs: typesOf(args.output_type_shape),
      seconds: dur / 1e6,
    })),
  };
}

function typesOf(values: readonly Readonly<Record<string, unknown>>[] = []): string[] {
  return values.flatMap((value) => Object.keys(value)).map((type) => NUMPY_NAMES[type] ?? type);
}
