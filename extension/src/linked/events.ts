/** How views that draw layers other than as rows of a table take part: they say which was chosen, and are told. */
const CHOSEN = 'halfnote:layer-chosen';
const MARKED = 'halfnote:layer-marked';

interface NamedLayer {
  /** Undefined where none is marked any more. */
  readonly layer: string | undefined;
}

/** Says that the reader chose a layer within `node`; whoever marks layers hears it further up. */
export function tellChosen(node: Element, layer: string): void {
  const detail: NamedLayer = { layer };
  node.dispatchEvent(new CustomEvent(CHOSEN, { bubbles: true, detail }));
}

/** Calls `heard` with a layer that was chosen within `node`, and where. */
export function onChosen(node: Element, heard: (layer: string, at: Element) => void): void {
  node.addEventListener(CHOSEN, (event) => {
    const layer = layerIn(event);
    if (layer !== undefined && event.target instanceof Element) heard(layer, event.target);
  });
}

/** Tells a view which layer is marked now. */
export function tellMarked(view: Element, layer: string | undefined): void {
  const detail: NamedLayer = { layer };
  view.dispatchEvent(new CustomEvent(MARKED, { detail }));
}

/** Calls `heard` when a view is told which layer is marked. */
export function onMarked(view: Element, heard: (layer: string | undefined) => void): void {
  view.addEventListener(MARKED, (event) => {
    heard(layerIn(event));
  });
}

function layerIn(event: Event): string | undefined {
  return event instanceof CustomEvent ? (event.detail as NamedLayer).layer : undefined;
}
