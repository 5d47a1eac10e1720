import type { BitField } from '../formats/results';
import { ROLES } from '../payloads/inspection/roles';

const BITS = 'halfnote-bits';

/** What is said of a field without any style, by an element that sanitizers leave. */
const ELEMENTS: Readonly<Record<BitField['role'], string>> = {
  sign: 'ins',
  exponent: 'b',
  significand: 'i',
  integer: 'i',
  index: 'em',
};

/**
 * The bits of a code: fields apart, each in an element of its own, which {@link legendHtml} underlines in its
 * own way. Text, so that it can be read, copied and heard wherever colors and lines are lost.
 */
export function bitsHtml(fields: readonly BitField[]): string {
  return `<code class="${BITS}">${fields.map(({ role, bits }) => marked(role, bits)).join(' ')}</code>`;
}

function marked(role: BitField['role'], text: string): string {
  return `<${ELEMENTS[role]}>${text}</${ELEMENTS[role]}>`;
}

/** `sign 0, exponent 0111, significand 101`. */
export function spoken(fields: readonly BitField[]): string {
  return fields.map(({ role, bits }) => `${ROLES[role].name} ${bits}`).join(', ');
}

/** `0|0111|101`. */
export function separated(fields: readonly BitField[]): string {
  return fields.map(({ bits }) => bits).join('|');
}

/** The roles that occur, with their letters: `s sign, e exponent`. */
export function legendText(all: readonly (readonly BitField[])[]): string {
  return rolesOf(all)
    .map((role) => `${ROLES[role].letter} ${ROLES[role].name}`)
    .join(', ');
}

/** The same with each role's color and line, and the style of both. */
export function legendHtml(all: readonly (readonly BitField[])[]): string {
  const roles = rolesOf(all);
  const items = roles.map((role) => marked(role, ROLES[role].name));
  return `<p class="${BITS}" style="margin:6px 0;font-size:90%">Bits: ${items.join(', ')}</p><style>${bitsStyle(roles)}</style>`;
}

function bitsStyle(roles: readonly BitField['role'][]): string {
  const fields = roles.map((role) => {
    const { hue, line } = ROLES[role];
    return `& ${ELEMENTS[role]}{border-bottom:3px ${line} ${hue}}`;
  });
  return `.${BITS}{& *{font:inherit;text-decoration:none}${fields.join('')}}code.${BITS}{letter-spacing:1px}`;
}

function rolesOf(all: readonly (readonly BitField[])[]): BitField['role'][] {
  const present = new Set(all.flatMap((fields) => fields.map(({ role }) => role)));
  return (Object.keys(ROLES) as BitField['role'][]).filter((role) => present.has(role));
}
