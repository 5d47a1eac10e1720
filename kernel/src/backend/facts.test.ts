import { beforeAll, describe, expect, it } from 'vitest';
import { deviceFacts } from './load';
import { loadBackend } from '../start';
import { parseGpu } from './gpu';
import { parseIsa, readProcessor } from './isa';
import { cpuFormats, gpuFormats, wasmFormats } from './support';

const cpu = (isa: readonly string[], bf16Products = false) =>
  cpuFormats({ isa, engine: 'TensorFlow', bf16Products, int8: 'exact' });

describe('instruction sets', () => {
  it('are read from /proc/cpuinfo of an x86 processor', () => {
    const text =
      'processor\t: 0\nflags\t\t: fpu sse2 avx2 avx512f avx512_bf16 amx_bf16 amx_int8\nbugs\t\t:\n';
    expect(parseIsa(text)).toEqual(['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16', 'amx_int8']);
  });

  it('are read from /proc/cpuinfo of an Arm processor, each once', () => {
    expect(parseIsa('Features\t: fp asimd fphp asimdhp bf16 i8mm\n')).toEqual([
      'arm_bf16',
      'arm_fp16',
      'arm_i8mm',
    ]);
  });

  it("are read from macOS's sysctl", () => {
    const text =
      'hw.optional.arm.FEAT_BF16: 1\nhw.optional.arm.FEAT_FP16: 1\nhw.optional.arm.FEAT_I8MM: 0\n';
    expect(parseIsa(text)).toEqual(['arm_bf16', 'arm_fp16']);
  });
});

describe('format support', () => {
  it('is native only for what the processor has instructions for', () => {
    expect(cpu(['avx2']).bf16.execution).toBe('simulated');
    expect(cpu(['avx2', 'avx512_bf16']).bf16.execution).toBe('native');
    expect(cpu(['amx_bf16']).fp16.execution).toBe('simulated');
    expect(cpu(['avx512_fp16']).fp16.execution).toBe('native');
    expect(cpu(['amx_bf16', 'avx512_fp16']).fp8.execution).toBe('simulated');
  });

  it('has tf32 on a CPU only with bf16 instructions and when oneDNN is allowed to use them', () => {
    expect(cpu(['amx_bf16']).tf32.execution).toBe('simulated');
    expect(cpu(['avx2'], true).tf32.execution).toBe('simulated');
    const allowed = cpu(['amx_bf16'], true);
    expect(allowed.tf32.execution).toBe('native');
    expect(allowed.fp32.reason).toContain('products run in bf16');
  });

  it('of a GPU follows its compute capability', () => {
    const executions = (capability: number) => {
      const { tf32, bf16, fp16 } = gpuFormats({ name: 'GPU', computeCapability: capability }, 'TF');
      return [tf32, bf16, fp16].map(({ execution }) => execution);
    };
    expect(executions(7)).toEqual(['simulated', 'simulated', 'native']);
    expect(executions(9)).toEqual(['native', 'native', 'native']);
    expect(parseGpu('NVIDIA A100-SXM4-80GB, 8.0\nNVIDIA T4, 7.5\n')).toEqual({
      name: 'NVIDIA A100-SXM4-80GB',
      computeCapability: 8,
    });
  });

  it('is simulated under WebAssembly in all but fp32, with a reason each', () => {
    for (const [format, { execution, reason }] of Object.entries(wasmFormats('wasm'))) {
      expect(execution).toBe(format === 'fp32' ? 'native' : 'simulated');
      expect(reason).toMatch(/\.$/);
    }
  });
});

describe('the facts of this machine', () => {
  beforeAll(() => {
    loadBackend();
  });

  it('name the library, the processor and a reason for each format', () => {
    const facts = deviceFacts();
    expect(facts.engineVersion).toMatch(/^\d+\.\d+\.\d+/);
    expect(facts.threads).toBeGreaterThan(0);
    for (const { reason } of Object.values(facts.formats)) expect(reason).toMatch(/\.$/);
    expect(loadBackend()).toBe(facts);
  });

  it('agree with the processor: without VNNI, 8-bit products saturate; with it they do not', () => {
    const { isa } = readProcessor();
    const exact = isa.some((set) => /vnni|amx_int8/.test(set));
    const facts = deviceFacts();
    if (facts.device === 'cpu' && process.arch === 'x64')
      expect(facts.int8ReduceRange).toBe(!exact);
    else expect(facts.int8ReduceRange).toBe(false);
  });
});
