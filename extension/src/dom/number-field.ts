import { element, uniqueId } from './element';
import { OWN_KEYS } from './own-keys';

interface Limits {
  readonly min: number;
  readonly max: number;
}

/** A field for a number of a unit; empty: none. What is no number, or beyond the limits, is marked and not taken. */
export class NumberField {
  readonly node: HTMLElement;
  readonly #input: HTMLInputElement;

  constructor(name: string, unit: string, { min, max }: Limits, choose: (value?: number) => void) {
    const id = uniqueId('number');
    this.#input = element('input', { type: 'number', id, min, max, step: 'any', ...OWN_KEYS });
    this.node = element('div', { class: 'hn-control' }, [
      element('label', { for: id }, [name]),
      this.#input,
      unit,
    ]);
    this.#input.addEventListener('input', () => {
      const { value, validity, valueAsNumber } = this.#input;
      this.#input.setAttribute('aria-invalid', String(!validity.valid));
      if (validity.valid) choose(value === '' ? undefined : valueAsNumber);
    });
  }

  /** Shows a number that is chosen elsewhere, but never under the reader's hands. */
  show(value: number | undefined): void {
    if (document.activeElement === this.#input) return;
    this.#input.value = value === undefined ? '' : String(value);
    this.#input.setAttribute('aria-invalid', 'false');
  }
}
