import { fixed, HUE, svg } from '../display/svg';
import type { BitField } from '../formats/results';

interface RoleStyle {
  readonly name: string;
  readonly letter: string;
  readonly hue: string;
  /** Dashes of the line under the field: what tells the fields apart without color. */
  readonly dashes: string;
}

export const ROLES: Readonly<Record<BitField['role'], RoleStyle>> = {
  sign: { name: 'sign', letter: 's', hue: HUE.underflow, dashes: '' },
  exponent: { name: 'exponent', letter: 'e', hue: HUE.normal, dashes: '5 2' },
  significand: { name: 'significand', letter: 'm', hue: '#2f9e6e', dashes: '1.5 2' },
  integer: { name: 'integer', letter: 'i', hue: '#2f9e6e', dashes: '1.5 2' },
  index: { name: 'place in the table', letter: 'k', hue: HUE.overflow, dashes: '8 2 2 2' },
};

const CELL = 11;
const GAP = 7;
const TOP = 15;
const HEIGHT = 29;

/** The bits of a code: a box each, fields apart, each underlined and lettered in its own way. */
export function bitsSvg(fields: readonly BitField[], label: string): string {
  let x = 1;
  const body = fields.map(({ role, bits }) => {
    const { letter, hue, dashes } = ROLES[role];
    const start = x;
    const boxes = Array.from(bits, (bit) => {
      const box =
        `<rect x="${fixed(x)}" y="1" width="${CELL}" height="${TOP}" fill="${hue}" fill-opacity="${bit === '1' ? 0.38 : 0.1}" stroke="${hue}"/>` +
        `<text x="${fixed(x + CELL / 2)}" y="12.5" text-anchor="middle"${bit === '1' ? ' font-weight="700"' : ''}>${bit}</text>`;
      x += CELL;
      return box;
    });
    const middle = (start + x) / 2;
    x += GAP;
    return (
      boxes.join('') +
      `<path d="M${fixed(start)} 18.5H${fixed(x - GAP)}" stroke="${hue}" stroke-width="1.6"${dashes === '' ? '' : ` stroke-dasharray="${dashes}"`}/>` +
      `<text x="${fixed(middle)}" y="27" text-anchor="middle" font-size="9">${letter}</text>`
    );
  });
  return svg({
    title: `${label}: ${spoken(fields)}`,
    description: `The bits of the code of ${label}, highest first.`,
    width: Math.ceil(x - GAP + 1),
    height: HEIGHT,
    body: body.join(''),
  }).replace('margin:8px 0', 'margin:1px 0;max-width:none');
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
    .map(({ letter, name }) => `${letter} ${name}`)
    .join(', ');
}

/** The same with each role's color and line. */
export function legendHtml(all: readonly (readonly BitField[])[]): string {
  const items = rolesOf(all).map(({ letter, name, hue, dashes }) => {
    const swatch =
      `<svg aria-hidden="true" width="22" height="14" style="vertical-align:-3px;margin-right:4px"><rect x="1" y="1" width="20" height="8" fill="${hue}" fill-opacity="0.3" stroke="${hue}"/>` +
      `<path d="M1 12.2H21" stroke="${hue}" stroke-width="1.6"${dashes === '' ? '' : ` stroke-dasharray="${dashes}"`}/></svg>`;
    return `<span style="margin-right:16px;white-space:nowrap">${swatch}<b>${letter}</b> ${name}</span>`;
  });
  return `<p style="margin:6px 0;font-size:90%">${items.join('')}</p>`;
}

function rolesOf(all: readonly (readonly BitField[])[]): RoleStyle[] {
  const present = new Set(all.flatMap((fields) => fields.map(({ role }) => role)));
  return (Object.keys(ROLES) as BitField['role'][])
    .filter((role) => present.has(role))
    .map((role) => ROLES[role]);
}
