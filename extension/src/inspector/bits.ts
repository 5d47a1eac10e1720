import '../../style/handles.css';
import { element } from '../dom/element';
import { OWN_KEYS } from '../dom/own-keys';
import type { Row } from './row';

/** A bit of a format, as the page's elements name it. */
export interface Place {
  readonly row: number;
  readonly place: number;
}

/** A format's bits, each of which can be turned. Elements whose text may change in place, so that focus stays. */
export function bitsCell({ index, format, bits, place: reached }: Row): HTMLElement {
  return element(
    'span',
    { class: 'hn-bits', role: 'group', 'aria-label': `Bits of ${format.label}` },
    bits.map(({ place, role, name, isSet }) =>
      element(
        'span',
        {
          class: `hn-bit hn-bit-${role}${bits[place - 1]?.role === role ? '' : ' hn-bit-first'}`,
          role: 'button',
          tabindex: place === reached ? 0 : -1,
          'aria-pressed': String(isSet),
          'aria-label': name,
          title: name,
          'data-row': index,
          'data-place': place,
          ...OWN_KEYS,
        },
        [isSet ? '1' : '0'],
      ),
    ),
  );
}

/** The bit that an event is about. */
export function placeOf(target: EventTarget | null): Place | undefined {
  const bit = target instanceof Element ? target.closest<HTMLElement>('.hn-bit') : null;
  return bit === null
    ? undefined
    : { row: Number(bit.dataset['row']), place: Number(bit.dataset['place']) };
}

export function bitAt(within: Element, { row, place }: Place): HTMLElement | null {
  return within.querySelector(`.hn-bit[data-row="${row}"][data-place="${place}"]`);
}

/** Where a key leads from a bit; undefined for keys that lead nowhere. */
export function afterKey(within: Element, key: string, { row, place }: Place): Place | undefined {
  const rows = [...within.querySelectorAll('.hn-bits')].map((cell) => [
    ...cell.querySelectorAll('.hn-bit'),
  ]);
  const at = rows.findIndex((bits) => placeOf(bits[0] ?? null)?.row === row);
  const to = (line: number, bit: number): Place | undefined => {
    const bits = rows[line] ?? [];
    return placeOf(bits[Math.min(bit, bits.length - 1)] ?? null);
  };
  const last = (rows[at]?.length ?? 1) - 1;
  switch (key) {
    case 'ArrowLeft':
      return to(at, Math.max(0, place - 1));
    case 'ArrowRight':
      return to(at, place + 1);
    case 'ArrowUp':
      return to(Math.max(0, at - 1), place);
    case 'ArrowDown':
      return to(Math.min(rows.length - 1, at + 1), place);
    case 'Home':
      return to(at, 0);
    case 'End':
      return to(at, last);
    default:
      return undefined;
  }
}
