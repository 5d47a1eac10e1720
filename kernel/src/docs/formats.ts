import { formatTable } from '../analysis/formats/format-table';
import type { FormatRow } from '../analysis/formats/result';
import { wasmFormats } from '../backend/support';

/** The page `docs/formats.md`: every number format, and what can be done in it. */
export function formatsPage(): string {
  const rows = formatTable();
  const used = rows.filter(({ trains, runs }) => trains !== undefined || runs !== undefined);
  return `${[
    ...HEAD,
    '## Train and run',
    WHERE,
    markdown(
      ['format', 'trains', 'runs', 'native on', 'engine', 'elsewhere'],
      used.map((row) => [
        named(row),
        row.trains ?? '–',
        row.runs ?? '–',
        nativeOn(row),
        row.engine,
        row.otherwise ?? '–',
      ]),
    ),
    '## The numbers',
    NUMBERS,
    markdown(
      ['format', 'bits', 'least', 'largest', 'smallest above 0', 'epsilon'],
      rows.map((row) => [
        named(row),
        String(Number(row.bits.toFixed(2))),
        figure(row.min),
        figure(row.max),
        figure(row.smallest),
        row.epsilon === undefined ? '–' : figure(row.epsilon),
      ]),
    ),
  ].join('\n\n')}\n`;
}

const HEAD: readonly string[] = [
  '<!-- Made from kernel/src/analysis/formats/format-table.ts by `node scripts/docs.mjs`. -->',
  '# Number formats',
  `\`%inspect 0.1\` shows a number in the ones that models are made of, \`%inspect 0.1 --formats e4m3,mxfp4\` in those you
name, \`--formats all\` in each of them but codebooks, whose values are found for the data.
\`%compare fp32,bf16,int8,nf4 model --data x,y\` compares a model in some. In the library they are \`FORMATS\` and \`BLOCK_FORMATS\`, and
this page is \`formatTable()\`; \`formatTable(deviceFacts())\` says how each is on your machine.`,
];

const WHERE = `A format is **native** where the hardware multiplies in it; \`%precision\` and \`%doctor\` say so of your machine.
Elsewhere it is **simulated**: numbers are rounded as the format rounds, another format does the arithmetic, and no
speed is claimed. ${onWebAssembly()}
Formats that are missing here can be encoded, decoded, packed and inspected.`;

/** What remains native where there is no TensorFlow, as a sentence. */
export function onWebAssembly(): string {
  const formats = Object.entries(wasmFormats('WebAssembly'));
  const native = formats.filter(([, { execution }]) => execution === 'native');
  const names = native.map(([format]) => format).join(', ');
  return `Without TensorFlow, on WebAssembly, everything but ${names} is simulated.`;
}

const NUMBERS = `In formats with subnormals the smallest number is one of them. Epsilon is the distance from 1 to the next
number. Of formats in blocks it is the elements' numbers, before the scale of their block; the bits have its part in them.
Logarithmic numbers are those before their scale, and a codebook's are found for each layer.`;

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

export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
