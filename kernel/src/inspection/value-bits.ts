import type { BitField } from '../formats/results';
import { ROLES } from '../payloads/inspection/roles';

/**
 * The bits of a code: fields apart, each underlined in its own way. Text, so that it can be read, copied
 * and heard wherever colors and lines are lost.
 */
export function bitsHtml(fields: readonly BitField[]): string {
  const parts = fields.map(
    ({ role, bits }) => `<span title="${ROLES[role].name}" style="${marked(role)}">${bits}</span>`,
  );
  return `<span style="white-space:nowrap;font-family:monospace;letter-spacing:1px">${parts.join(' ')}</span>`;
}

function marked(role: BitField['role']): string {
  const { hue, line } = ROLES[role];
  return `border-bottom:3px ${line} ${hue}`;
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

/** The same with each role's color and line. */
export function legendHtml(all: readonly (readonly BitField[])[]): string {
  const items = rolesOf(all).map(
    (role) => `<span style="${marked(role)}">${ROLES[role].name}</span>`,
  );
  return `<p style="margin:6px 0;font-size:90%">Bits: ${items.join(', ')}</p>`;
}

function rolesOf(all: readonly (readonly BitField[])[]): BitField['role'][] {
  const present = new Set(all.flatMap((fields) => fields.map(({ role }) => role)));
  return (Object.keys(ROLES) as BitField['role'][]).filter((role) => present.has(role));
}
