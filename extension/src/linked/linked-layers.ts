import { element } from '../dom/element';
import { onChosen, tellMarked } from './events';
import { layerTables, namesIn, placeAt, placesOf, viewOf } from './places';

const CURRENT = 'aria-current';
/** What views are told by themselves, for they draw their layers other than in the page's own elements. */
const TOLD = '.hn-view';
const ARROWS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/**
 * The layer that the reader has chosen in a notebook, marked in all that the notebook shows. It is in the
 * page alone: `aria-current` says it, style sheets show it, and nothing of it is stored.
 */
export class LinkedLayers {
  readonly #status = element('div', { class: 'hn-heard', role: 'status' });
  readonly #again: MutationObserver;
  /** Of what has changed since the page was last painted. */
  readonly #changed = new Set<Element>();
  #layer: string | undefined;

  /**
   * @param root Of the notebook's cells.
   * @param around Takes in what is said to screen readers.
   */
  constructor(
    private readonly root: HTMLElement,
    around: HTMLElement,
  ) {
    around.append(this.#status);
    this.#again = new MutationObserver((changes) => {
      this.#note(changes);
    });
    root.addEventListener('click', (event) => {
      this.#onClick(event);
    });
    root.addEventListener('keydown', (event) => {
      this.#onKey(event);
    });
    onChosen(root, (layer) => {
      this.#toggle(layer);
    });
  }

  /** Takes in what the notebook shows now. */
  add(added: Element): void {
    const around = added.closest('table');
    for (const table of layerTables(around ?? added)) prepare(table);
    if (this.#layer === undefined) return;
    this.#tell(added);
    this.#markIn(added);
  }

  dispose(): void {
    this.#again.disconnect();
    this.#status.remove();
  }

  #onClick(event: MouseEvent): void {
    // Whoever selects a name, to copy it, doesn't choose it.
    if (event.button !== 0 || document.getSelection()?.type === 'Range') return;
    const place = placeAt(event.target);
    if (place !== undefined) this.#toggle(place.layer);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      if (this.#layer !== undefined) this.#set(undefined);
      return;
    }
    const { target } = event;
    if (!(target instanceof HTMLTableCellElement)) return;
    const table = target.closest('table');
    const place = placeAt(target);
    if (place === undefined || table === null) return;
    const step = ARROWS[event.key];
    if (event.key === 'Enter') this.#toggle(place.layer);
    else if (step !== undefined) moveFocus(table, target, step);
    else return;
    // The notebook would select a cell by arrows, and edit it by Enter.
    event.preventDefault();
    event.stopPropagation();
  }

  #toggle(layer: string): void {
    this.#set(layer === this.#layer ? undefined : layer);
  }

  #set(layer: string | undefined): void {
    const before = this.#layer;
    this.#layer = layer;
    this.#again.disconnect();
    // Views that are told draw themselves anew, and their rows with them.
    this.#tell(this.root);
    const views = this.#markIn(this.root);
    this.#status.textContent =
      layer === undefined
        ? `${before ?? ''} is not marked any more`
        : `${layer} marked in ${views.size} view${views.size === 1 ? '' : 's'}`;
    if (layer === undefined) return;
    this.#again.observe(this.root, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: [CURRENT, 'data-layer'],
    });
  }

  /** Marks the places of the layer below `root`, and no others; gives the views that have one. */
  #markIn(root: Element): ReadonlySet<Element> {
    const views = new Set<Element>();
    const here = new Set<Element>();
    if (this.#layer !== undefined) {
      for (const place of placesOf(this.#layer, root)) {
        here.add(place);
        views.add(viewOf(place));
      }
    }
    for (const place of [root, ...root.querySelectorAll(`[${CURRENT}].hn-marked`)])
      if (place.matches('.hn-marked') && !here.has(place)) unmark(place);
    for (const place of here) mark(place);
    return views;
  }

  #tell(root: Element): void {
    if (root.matches(TOLD)) tellMarked(root, this.#layer);
    for (const view of root.querySelectorAll(TOLD)) tellMarked(view, this.#layer);
  }

  /** Views write new figures over rows that they have: what was marked may be another layer's now. */
  #note(changes: readonly MutationRecord[]): void {
    const isAwaited = this.#changed.size > 0;
    for (const { target } of changes) {
      const changed = target instanceof Element ? target : target.parentElement;
      const place = changed?.closest('table, [data-layer]') ?? changed;
      if (place) this.#changed.add(place);
    }
    if (isAwaited) return;
    requestAnimationFrame(() => {
      for (const place of this.#changed) if (place.isConnected) this.#markIn(place);
      this.#changed.clear();
    });
  }
}

function mark(place: Element): void {
  if (place.getAttribute(CURRENT) !== 'true') place.setAttribute(CURRENT, 'true');
  place.classList.add('hn-marked');
}

function unmark(place: Element): void {
  if (!place.hasAttribute(CURRENT)) return;
  place.removeAttribute(CURRENT);
  place.classList.remove('hn-marked');
}

/** One name of a table is reached by Tab, the others from there by arrows. */
function prepare(table: HTMLTableElement): void {
  table.classList.add('hn-layers');
  const names = namesIn(table);
  const [first] = names;
  // Names that are buttons are reached as such.
  if (first?.querySelector('button, a') !== null) return;
  if (!names.some(({ tabIndex }) => tabIndex === 0)) makeReachable(first);
}

function makeReachable(name: HTMLTableCellElement): void {
  name.tabIndex = 0;
  name.title = 'Enter marks this layer in all views of the notebook; arrows go to the others.';
}

function moveFocus(table: HTMLTableElement, from: HTMLTableCellElement, step: number): void {
  const names = namesIn(table);
  const next = names[names.indexOf(from) + step];
  if (next === undefined) return;
  from.tabIndex = -1;
  from.removeAttribute('title');
  makeReachable(next);
  next.focus();
}
