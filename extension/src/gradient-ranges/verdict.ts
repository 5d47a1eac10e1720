import type { Verdict } from 'halfnote/mime/ranges';
import { element } from '../dom/element';

/** What a view says first. What the page adds to it, as a button beside the cell to run next, stays. */
export class VerdictLine {
  readonly node = element('div');
  readonly #sentence = element('strong');
  readonly #code = element('code');
  readonly #next = element('div', { class: 'halfnote-next' }, ['Next: ', this.#code]);

  constructor() {
    this.node.append(this.#sentence, this.#next);
  }

  update(verdict: Verdict | undefined): void {
    this.node.hidden = verdict === undefined;
    if (verdict === undefined) return;
    this.node.className = `hn-said hn-said-${verdict.tone}`;
    if (this.#sentence.textContent !== verdict.sentence)
      this.#sentence.textContent = verdict.sentence;
    this.#next.hidden = verdict.next === undefined;
    const code = verdict.next ?? '';
    if (this.#code.textContent !== code) this.#code.textContent = code;
  }
}
