import type { Verdict } from 'halfnote/mime';
import { element } from './element';

/** A view's verdict, as its static twin has it; hidden where there is none. What the page adds to it, as a button, stays. */
export class VerdictLine {
  readonly node = element('div', { hidden: true });
  readonly #sentence = element('strong');
  #next: NextStep | undefined;

  constructor() {
    this.node.append(this.#sentence);
  }

  update(said: Verdict | undefined): void {
    this.node.hidden = said === undefined;
    if (said === undefined) return;
    this.node.className = `hn-says hn-says-${said.tone}`;
    if (this.#sentence.textContent !== said.sentence) this.#sentence.textContent = said.sentence;
    if (said.next !== undefined && this.#next === undefined) {
      this.#next = new NextStep(said.next);
      this.node.append(this.#next.node);
    }
    this.#next?.update(said.next);
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
