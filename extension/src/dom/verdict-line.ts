import type { Verdict } from 'halfnote/mime';
import { element } from './element';

/** A view's verdict, as its static twin has it; hidden where there is none. */
export class VerdictLine {
  readonly node = element('div', { hidden: true });
  #shown = '';

  update(said: Verdict | undefined): void {
    const text = JSON.stringify(said ?? null);
    // What is there may have got a button.
    if (text === this.#shown) return;
    this.#shown = text;
    this.node.hidden = said === undefined;
    if (said === undefined) return;
    const { sentence, tone, next } = said;
    this.node.className = `hn-says hn-says-${tone}`;
    this.node.replaceChildren(
      element('strong', {}, [sentence]),
      ...(next === undefined ? [] : [new NextStep(next).node]),
    );
  }
}

/** A cell that one may want to run next: the extension puts a button beside it that writes it. */
export class NextStep {
  readonly node: HTMLElement;
  readonly #code: HTMLElement;

  constructor(source: string, name = 'Next') {
    this.#code = element('code', {}, [source]);
    this.node = element('div', { class: 'halfnote-next' }, [`${name}: `, this.#code]);
  }

  update(source: string | undefined): void {
    this.node.hidden = source === undefined;
    if (source !== undefined && this.#code.textContent !== source) this.#code.textContent = source;
  }
}
