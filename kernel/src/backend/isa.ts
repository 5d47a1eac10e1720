import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export interface Processor {
  readonly name: string;
  readonly isa: readonly string[];
}

/** Instruction sets that decide what is native, in the kernel's spelling. */
const ON_X86 = [
  'avx2',
  'avx512f',
  'avx512_bf16',
  'avx512_fp16',
  'avx512_vnni',
  'avx_vnni',
  'avx_ne_convert',
  'amx_bf16',
  'amx_int8',
  'amx_fp16',
] as const;

/** Arm's features by the kernel's flag, and by macOS's sysctl. */
const ON_ARM: Readonly<Record<string, string>> = {
  bf16: 'arm_bf16',
  fphp: 'arm_fp16',
  asimdhp: 'arm_fp16',
  i8mm: 'arm_i8mm',
  'hw.optional.arm.FEAT_BF16': 'arm_bf16',
  'hw.optional.arm.FEAT_FP16': 'arm_fp16',
  'hw.optional.arm.FEAT_I8MM': 'arm_i8mm',
};

/** What this machine's processor is, from `/proc/cpuinfo` or macOS's `sysctl`. Never throws. */
export function readProcessor(): Processor {
  const name = cpus()[0]?.model.trim() ?? 'unknown processor';
  const text = process.platform === 'darwin' ? readSysctl() : readCpuinfo();
  return { name, isa: parseIsa(text) };
}

/** The instruction sets named in the text of `/proc/cpuinfo` (x86 or Arm) or of `sysctl -a`. */
export function parseIsa(text: string): string[] {
  const flags = new Set(
    [...text.matchAll(/^(?:flags|Features)\s*:\s*(.*)$/gm)].flatMap(([, line = '']) =>
      line.trim().split(/\s+/),
    ),
  );
  for (const [, feature = ''] of text.matchAll(/^(hw\.optional\.[\w.]+): 1$/gm)) flags.add(feature);
  if (flags.has('hw.optional.avx2_0')) flags.add('avx2');
  const arm = Object.entries(ON_ARM).filter(([flag]) => flags.has(flag));
  return [...ON_X86.filter((flag) => flags.has(flag)), ...new Set(arm.map(([, isa]) => isa))];
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

function readSysctl(): string {
  try {
    return execFileSync('sysctl', ['hw.optional'], { encoding: 'utf8', timeout: 2000 });
  } catch {
    return '';
  }
}
