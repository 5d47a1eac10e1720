import { formatTable } from '../analysis/formats/format-table';
import { AUTOCAST_DIFFERENCES } from '../precision/autocast-differences';
import { castRule, castTable, type CastRule } from '../precision/autocast-table';
import { markdown, named, nativeOn, onWebAssembly } from './formats';

/** The page `docs/precision.md`, with the op lists that autocast works by. */
export function precisionPage(): string {
  const table = castTable();
  const lists = LISTS.map(({ rule, head }) => `**${head}**\n\n${opNames(table[rule])}`);
  return `${[...PAGE, ...lists, ...DIFFERENCES].join('\n\n')}\n`;
}

/** Every machine has fp32; uint8 is the other factor of int8's products. */
const SAID_OTHERWISE: readonly string[] = ['fp32', 'uint8'];

function nativeTable(): string {
  const rows = formatTable().filter(
    ({ id, support }) => support !== undefined && !SAID_OTHERWISE.includes(id),
  );
  return markdown(
    ['format', 'native on', 'simulated as'],
    rows.map((row) => [named(row), nativeOn(row), row.otherwise ?? '–']),
  );
}

function opNames(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

const DEVICE = { cuda: 'CUDA', cpu: 'CPU' } as const;

const RULE_NAMES: Readonly<Record<CastRule, string>> = {
  low: 'compute format',
  fp32: 'fp32',
  promote: 'widest input',
  follow: "input's format",
};

const LISTS: readonly { readonly rule: CastRule; readonly head: string }[] = [
  { rule: 'low', head: 'In the compute format' },
  { rule: 'fp32', head: 'In fp32' },
  { rule: 'promote', head: 'In the widest format of their inputs' },
  { rule: 'follow', head: 'In the format of their input' },
];

/** What PyTorch does, in the words of its documentation. */
const THEIRS: Readonly<Record<CastRule, string>> = {
  low: 'lower precision',
  fp32: 'fp32',
  promote: 'widest input',
  follow: 'not listed',
};

const DIFFERENCES: readonly string[] = [
  '## Where this differs from PyTorch',
  `Checked against the lists of PyTorch 2.13 for CUDA and CPU. On the CPU PyTorch lists fewer operators; what it doesn't
list there goes by its list for CUDA here, so that a model computes alike on both.`,
  [
    '| ops | here | PyTorch | its list | why |',
    '|---|---|---|---|---|',
    ...AUTOCAST_DIFFERENCES.map(
      ({ ops, pytorch, device, theirs, why }) =>
        `| ${opNames(ops)} | ${RULE_NAMES[castRule(ops[0] ?? '')]} | \`${pytorch}\`: ${THEIRS[theirs]} | ${DEVICE[device]} | ${why} |`,
    ),
  ].join('\n'),
];

const PAGE: readonly string[] = [
  '<!-- Made from kernel/src/docs/precision.ts by `node scripts/docs.mjs`. -->',
  '# What %precision does',
  `\`%precision bf16\` changes how tfjs computes from there on; your model, optimizer and loop stay as they are. It is
mixed precision as PyTorch and Keras have it:`,
  `- **Products compute in the format**: dense layers, convolutions, attention, and their gradients. The list is below.
- **Variables stay in fp32.** The optimizer updates these master weights, with TensorFlow's fused kernel for Adam,
  SGD and momentum. In jmp's form \`p=f16,...\` they are rounded to 16 bits after each step, which shows what training
  without master weights does.
- **Sums, losses, softmax, norms and exponentials stay in fp32.** 512 ones sum to 256 in bf16, and half of a small
  gradient squared is zero.
- **Gradients come out in fp32**, unscaled, whichever way you ask for them: \`model.fit\`, \`optimizer.minimize\`,
  \`tf.variableGrads\`.
- **fp16 scales the loss.** The backward pass starts from the scale instead of 1, and the gradients are divided by
  it again. A step with a gradient that isn't finite is skipped and counted, and the scale is halved; after 2000 good steps it doubles.
  It begins at 65536 (PyTorch), or at 32768 (Keras) for \`mixed_float16\`. The other formats need none.`,
  '## Policies',
  `| spec | parameters | products | results of \`withPrecision\` |
|---|---|---|---|
| \`fp32\`, \`float32\` | fp32 | fp32 | fp32 |
| \`tf32\`, \`bf16\`, \`fp16\`, \`fp8\` | fp32 | the format | fp32 |
| \`mixed_bfloat16\`, \`mixed_float16\` | fp32 | bf16, fp16 | bf16, fp16 |
| \`p=f32,c=bf16,o=f32\` | p | c | o |`,
  '## Native and simulated',
  `A format is **native** where the hardware multiplies in it. This is found out from the processor's instruction sets,
the GPU's compute capability and a trial product, and \`%precision\` says the result with its reason. Otherwise it is
**simulated**: numbers are rounded as the format rounds, but another format does the arithmetic, and no speed is claimed.`,
  nativeTable(),
  `FP8 is E4M3 in the forward pass and E5M2 for the gradients of outputs, each tensor with a scale that follows its
largest values. Their products come out in bf16, which is what passes between the ops. INT8 is what \`%quantize\` makes of a trained model.`,
  `\`%precision fp16 --native\` refuses to simulate. ${onWebAssembly()}`,
  '## Which op computes in what',
  `After PyTorch's autocast lists, with TensorFlow's names. Every op with float inputs that TensorFlow.js's kernels and
their gradients run is in exactly one list. Any other takes the widest format of its inputs, which never loses a digit.
A variable doesn't widen what it is added to.`,
];
