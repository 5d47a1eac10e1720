import { element, uniqueId } from './element';
import { OWN_KEYS } from './own-keys';

type Entry = readonly [value: string, text: string];

/** One of several, by name. */
export class Choice {
  readonly node: HTMLElement;
  readonly #select: HTMLSelectElement;
  #entries = '';

  constructor(name: string, choose: (value: string) => void) {
    const id = uniqueId('choice');
    this.#select = element('select', { id, ...OWN_KEYS });
    this.node = element('div', { class: 'hn-control' }, [
      element('label', { for: id }, [name]),
      this.#select,
    ]);
    this.#select.addEventListener('change', () => {
      choose(this.#select.value);
    });
  }

  update(entries: readonly Entry[], chosen: string): void {
    const key = JSON.stringify(entries);
    if (key !== this.#entries) {
      this.#entries = key;
      this.#select.replaceChildren(
        ...entries.map(([value, text]) => element('option', { value }, [text])),
      );
    }
    this.#select.value = chosen;
  }
}
