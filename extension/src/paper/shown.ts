import { FIGURES, OUTPUTS } from './outputs';

/** What an output of ours shows that a paper could have. */
export interface Shown {
  readonly tables: readonly HTMLTableElement[];
  readonly figures: readonly HTMLElement[];
}

export function shownIn(root: Element): Shown {
  return {
    tables: [...root.querySelectorAll('table')],
    figures: [...root.querySelectorAll<HTMLElement>(FIGURES)].filter(
      (figure) => figure.closest('[hidden]') === null,
    ),
  };
}

/** How what an output shows came about, as it says: facts, verdict, remarks. */
export function methodOf(within: Element): string[] {
  const root = within.closest(OUTPUTS) ?? within;
  const lines = [...root.querySelectorAll('.hn-facts, .hn-notes > li, .halfnote ul > li')];
  const own = root.matches('.halfnote') ? [...root.querySelectorAll('ul > li')] : [];
  return [...new Set([...lines, ...own].map(textOf))].filter((line) => line !== '');
}

/** What an output is called. */
export function titleOf(within: Element): string {
  const root = within.closest(OUTPUTS);
  const heading = root?.querySelector('.hn-title');
  if (!heading) return root?.getAttribute('aria-label') ?? '';
  // Without the badges beside it.
  const words = [...heading.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  return words
    .map(({ textContent }) => textContent ?? '')
    .join('')
    .trim();
}

/** The name of a table or figure. */
export function nameOf(shown: HTMLElement): string {
  if (shown instanceof HTMLTableElement) {
    const caption = shown.caption === null ? '' : textOf(shown.caption);
    return caption === '' ? titleOf(shown) : caption;
  }
  return shown.title === '' ? titleOf(shown) : shown.title;
}

function textOf(node: Element): string {
  return node.textContent.replace(/\s+/g, ' ').trim();
}
