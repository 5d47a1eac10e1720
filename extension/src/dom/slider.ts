import { element, uniqueId } from './element';
import { OWN_KEYS } from './own-keys';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** A slider with its name and, beside it, what its place means. */
export class Slider {
  readonly node: HTMLElement;
  readonly #input = element('input', { type: 'range', ...OWN_KEYS });
  readonly #output: HTMLOutputElement;

  constructor(name: string, choose: (value: number) => void) {
    const id = uniqueId('slider');
    this.#input.id = id;
    this.#output = element('output', { for: id });
    this.node = element('div', { class: 'hn-control' }, [
      element('label', { for: id }, [name]),
      this.#input,
      this.#output,
    ]);
    this.#input.addEventListener('input', () => {
      choose(this.#input.valueAsNumber);
    });
  }

  update(value: number, text: string, { min, max, step }: Range): void {
    Object.assign(this.#input, { min: String(min), max: String(max), step: String(step) });
    this.#input.value = String(value);
    this.#input.setAttribute('aria-valuetext', text);
    this.#output.textContent = text;
  }
}
