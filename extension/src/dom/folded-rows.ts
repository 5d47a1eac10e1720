import { element } from './element';

interface Words {
  /** On the button while only the first rows are shown. */
  readonly all: string;
  /** On the button while all are. */
  readonly fewer: string;
}

/** A button below a long table that shows all of its rows, or the first ones again. */
export class FoldedRows {
  readonly node = element('button', { type: 'button', class: 'hn-button' });
  #isOpen = false;

  /** @param changed Called when the reader wants other rows. */
  constructor(changed: () => void) {
    this.node.addEventListener('click', () => {
      this.#isOpen = !this.#isOpen;
      changed();
    });
  }

  /** The rows to show: `first`, or all once they are asked for. There is no button where these are the same. */
  of<Row>(all: readonly Row[], first: readonly Row[], words: Words): readonly Row[] {
    this.node.hidden = first.length === all.length;
    this.node.setAttribute('aria-expanded', String(this.#isOpen));
    const label = this.#isOpen ? words.fewer : words.all;
    // A text that is set again takes the reader's focus and selection along.
    if (this.node.textContent !== label) this.node.textContent = label;
    return this.#isOpen ? all : first;
  }
}
