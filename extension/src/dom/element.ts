type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
export type Child = Node | string;

/**
 * An element with attributes and children. Strings become text nodes: nothing that comes from a
 * notebook is ever read as HTML.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  children: readonly Child[] = [],
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children);
  return node;
}

let serial = 0;

/** An id that no other element of the page has. */
export function uniqueId(stem: string): string {
  serial += 1;
  return `hn-${stem}-${serial}`;
}
