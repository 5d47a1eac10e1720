import { formatTable } from '../analysis/formats/format-table';
import type { FormatRow } from '../analysis/formats/result';
import { wasmFormats } from '../backend/support';
import { markdownTable } from './markdown';

/** What fills `docs/templates/formats.md`: every number format, and what can be done in it. */
export function formatsParts() {
  const rows = formatTable();
  return {
    'native-on-webassembly': nativeOnWebAssembly(),
    'trains-and-runs': trainsAndRuns(rows),
    numbers: numbers(rows),
  } as const;
}

/** What remains native where there is no TensorFlow. */
export function nativeOnWebAssembly(): string {
  const formats = Object.entries(wasmFormats('WebAssembly'));
  const native = formats.filter(([, { execution }]) => execution === 'native');
  return native.map(([format]) => format).join(', ');
}

function trainsAndRuns(rows: readonly FormatRow[]): string {
  const used = rows.filter(({ trains, runs }) => trains !== undefined || runs !== undefined);
  return markdownTable(
    ['format', 'trains', 'runs', 'native on', 'engine', 'elsewhere'],
    used.map((row) => [
      named(row),
      row.trains ?? '–',
      row.runs ?? '–',
      nativeOn(row),
      row.engine,
      row.otherwise ?? '–',
    ]),
  );
}

function numbers(rows: readonly FormatRow[]): string {
  return markdownTable(
    ['format', 'bits', 'least', 'largest', 'smallest above 0', 'epsilon'],
    rows.map((row) => [
      named(row),
      String(Number(row.bits.toFixed(2))),
      figure(row.min),
      figure(row.max),
      figure(row.smallest),
      row.epsilon === undefined ? '–' : figure(row.epsilon),
    ]),
  );
}

const CPU_NAMES: Readonly<Record<string, string>> = {
  amx_bf16: 'AMX-BF16',
  avx512_bf16: 'AVX-512 BF16',
  arm_bf16: 'Arm BF16',
  amx_fp16: 'AMX-FP16',
  avx512_fp16: 'AVX-512 FP16',
  arm_fp16: 'Arm FP16',
  amx_int8: 'AMX-INT8',
  avx512_vnni: 'AVX-512 VNNI',
  avx_vnni: 'AVX-VNNI',
  arm_i8mm: 'Arm I8MM',
};

/** The hardware on which a format is native, as a cell of a table. */
export function nativeOn({ cpu, capability, native, otherwise }: FormatRow): string {
  const places = [
    ...(cpu === undefined
      ? []
      : [`CPUs with ${cpu.map((set) => CPU_NAMES[set] ?? set).join(', ')}`]),
    ...(capability === undefined
      ? []
      : [`NVIDIA GPUs from compute capability ${capability.toFixed(1)}`]),
    ...(native === undefined ? [] : [native]),
  ];
  if (places.length > 0) return places.join('; ');
  return otherwise === undefined ? '–' : 'nowhere yet';
}

export function named({ id, label }: FormatRow): string {
  return `${label} \`${id}\``;
}

/** Powers of two as such where they are short to say; else four digits. */
function figure(x: number): string {
  if (Number.isNaN(x)) return '–';
  if (Number.isInteger(x) && Math.abs(x) < 1e10) return String(x);
  const exponent = Math.log2(Math.abs(x));
  if (Number.isInteger(exponent)) return `${x < 0 ? '-' : ''}2^${exponent}`;
  return Number(x.toPrecision(4)).toString();
}
