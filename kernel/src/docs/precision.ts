import { formatTable } from '../analysis/formats/format-table';
import { AUTOCAST_DIFFERENCES } from '../precision/autocast-differences';
import { castRule, castTable, type CastRule } from '../precision/autocast-table';
import { named, nativeOn, nativeOnWebAssembly } from './formats';
import { markdownTable } from './markdown';

/** What fills `docs/templates/precision.md`: where formats are native, and the op lists of autocast. */
export function precisionParts() {
  const { low, fp32, promote, follow } = castTable();
  return {
    'native-formats': nativeFormats(),
    'native-on-webassembly': nativeOnWebAssembly(),
    'ops-low': opNames(low),
    'ops-fp32': opNames(fp32),
    'ops-promote': opNames(promote),
    'ops-follow': opNames(follow),
    differences: differences(),
  } as const;
}

/** Every machine has fp32; uint8 is the other factor of int8's products. */
const SAID_OTHERWISE: readonly string[] = ['fp32', 'uint8'];

function nativeFormats(): string {
  const rows = formatTable().filter(
    ({ id, support }) => support !== undefined && !SAID_OTHERWISE.includes(id),
  );
  return markdownTable(
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

/** What PyTorch does, in the words of its documentation. */
const THEIRS: Readonly<Record<CastRule, string>> = {
  low: 'lower precision',
  fp32: 'fp32',
  promote: 'widest input',
  follow: 'not listed',
};

function differences(): string {
  return markdownTable(
    ['ops', 'here', 'PyTorch', 'its list', 'why'],
    AUTOCAST_DIFFERENCES.map(({ ops, pytorch, device, theirs, why }) => [
      opNames(ops),
      RULE_NAMES[castRule(ops[0] ?? '')],
      `\`${pytorch}\`: ${THEIRS[theirs]}`,
      DEVICE[device],
      why,
    ]),
  );
}
