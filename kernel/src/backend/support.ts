import type { HardwareFormat } from '../formats/uses';
import type { DeviceFacts, FormatSupport } from './contract';
import type { Gpu } from './gpu';

type Formats = DeviceFacts['formats'];

/** What the decision depends on; data, so that it can be tested for machines we don't have. */
export interface CpuSituation {
  readonly isa: readonly string[];
  readonly engine: string;
  /** `TF_SET_ONEDNN_FPMATH_MODE=BF16`: oneDNN may multiply fp32 matrices in bf16. */
  readonly bf16Products: boolean;
  readonly int8: 'exact' | 'saturates' | 'none';
}

/** Instruction sets with which a CPU multiplies in a format; 8-bit integers exactly. */
export const NATIVE_INSTRUCTIONS = {
  bf16: ['amx_bf16', 'avx512_bf16', 'arm_bf16'],
  fp16: ['amx_fp16', 'avx512_fp16', 'arm_fp16'],
  int8: ['amx_int8', 'avx512_vnni', 'avx_vnni', 'arm_i8mm'],
} as const satisfies Readonly<Partial<Record<HardwareFormat, readonly string[]>>>;

/** The compute capability from which NVIDIA's GPUs multiply in a format. */
export const NATIVE_CAPABILITY = { tf32: 8, bf16: 8, fp16: 5.3 } as const satisfies Readonly<
  Partial<Record<HardwareFormat, number>>
>;

const FP8_REASON =
  'TensorFlow only stores FP8: values are rounded to FP8 and multiplied in a wider format.';

/** Which formats a CPU runs natively. A format is native when the processor has instructions for it. */
export function cpuFormats({ isa, engine, bf16Products, int8 }: CpuSituation): Formats {
  const has = (sets: readonly string[]): string | undefined =>
    sets.find((set) => isa.includes(set));
  const bf16 = has(NATIVE_INSTRUCTIONS.bf16);
  const fp16 = has(NATIVE_INSTRUCTIONS.fp16);
  const int8Isa = has(NATIVE_INSTRUCTIONS.int8);
  const native = (reason: string): FormatSupport => ({ execution: 'native', engine, reason });
  const simulated = (reason: string): FormatSupport => ({ execution: 'simulated', engine, reason });
  const fp32Reason =
    bf16Products && bf16 !== undefined
      ? 'The processor computes in fp32, but TF_SET_ONEDNN_FPMATH_MODE=BF16 lets matrix products run in bf16.'
      : 'The processor computes in fp32.';
  return {
    fp32: native(fp32Reason),
    tf32:
      bf16Products && bf16 !== undefined
        ? native(
            `fp32 storage with bf16 products (${bf16}), since TF_SET_ONEDNN_FPMATH_MODE=BF16 is set.`,
          )
        : simulated(
            bf16 === undefined
              ? 'No CPU has TF32, and this one has no bf16 instructions that could stand in for it: products run in fp32.'
              : 'No CPU has TF32. Start with TF_SET_ONEDNN_FPMATH_MODE=BF16 to have fp32 storage with bf16 products.',
          ),
    bf16:
      bf16 === undefined
        ? simulated(
            '16-bit storage and rounding are real, but the processor has no bf16 instructions: it converts and multiplies in fp32.',
          )
        : native(`The processor multiplies in bf16 (${bf16}).`),
    fp16:
      fp16 === undefined
        ? simulated(
            '16-bit storage and rounding are real, but the processor has no fp16 arithmetic: it converts and multiplies in fp32.',
          )
        : native(`The processor multiplies in fp16 (${fp16}).`),
    fp8: simulated(FP8_REASON),
    int8: int8Support(int8, int8Isa, native, simulated),
  };
}

function int8Support(
  int8: CpuSituation['int8'],
  isa: string | undefined,
  native: (reason: string) => FormatSupport,
  simulated: (reason: string) => FormatSupport,
): FormatSupport {
  if (int8 === 'none') {
    return simulated(
      'This build of TensorFlow has no integer product for this device: integers are multiplied in fp32.',
    );
  }
  if (int8 === 'saturates') {
    return native(
      'The processor multiplies 8-bit integers but adds pairs in 16 bits: weights are kept to 7 bits, and results are then exact.',
    );
  }
  return native(
    `The processor multiplies 8-bit integers exactly${isa === undefined ? '' : ` (${isa})`}.`,
  );
}

/** Which formats an NVIDIA GPU runs natively, by its compute capability; unknown counts as recent. */
export function gpuFormats(gpu: Gpu, engine: string): Formats {
  const capability = gpu.computeCapability ?? Infinity;
  const since = (minimum: number, name: string, otherwise: string): FormatSupport =>
    capability >= minimum
      ? { execution: 'native', engine, reason: `${gpu.name} multiplies in ${name}.` }
      : {
          execution: 'simulated',
          engine,
          reason: `${gpu.name} has no ${name} units: ${otherwise}`,
        };
  const tf32 = capability >= NATIVE_CAPABILITY.tf32 && process.env['NVIDIA_TF32_OVERRIDE'] !== '0';
  return {
    fp32: {
      execution: 'native',
      engine,
      reason: tf32
        ? `${gpu.name} computes in fp32; TensorFlow lets it multiply matrices in TF32 unless NVIDIA_TF32_OVERRIDE=0.`
        : `${gpu.name} computes in fp32.`,
    },
    tf32: since(NATIVE_CAPABILITY.tf32, 'TF32', 'products run in fp32.'),
    bf16: since(
      NATIVE_CAPABILITY.bf16,
      'bf16',
      'values are stored in bf16 and multiplied in fp32.',
    ),
    fp16: since(
      NATIVE_CAPABILITY.fp16,
      'fp16',
      'values are stored in fp16 and multiplied in fp32.',
    ),
    fp8: { execution: 'simulated', engine, reason: FP8_REASON },
    int8: {
      execution: 'simulated',
      engine,
      reason: 'TensorFlow has no integer product for GPUs: integers are multiplied in fp32.',
    },
  };
}

/** WebAssembly computes in fp32 only, and that is native: its products are the processor's own. */
export function wasmFormats(engine: string): Formats {
  const simulated: FormatSupport = {
    execution: 'simulated',
    engine,
    reason: 'Without TensorFlow the WebAssembly backend serves: it stores and computes in fp32.',
  };
  return {
    fp32: {
      execution: 'native',
      engine,
      reason: 'WebAssembly computes in fp32, on one thread and without TensorFlow.',
    },
    tf32: simulated,
    bf16: simulated,
    fp16: simulated,
    fp8: simulated,
    int8: simulated,
  };
}
