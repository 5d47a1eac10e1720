import { element } from './element';
import { OWN_KEYS } from './own-keys';

/** Something that the reader can have shown. */
export class Toggle {
  readonly node: HTMLElement;
  readonly #box = element('input', { type: 'checkbox', ...OWN_KEYS });

  constructor(name: string, changed: () => void) {
    this.node = element('label', { class: 'hn-control' }, [this.#box, name]);
    this.#box.addEventListener('change', changed);
  }

  get isOn(): boolean {
    return this.#box.checked;
  }
}
