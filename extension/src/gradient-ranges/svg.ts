type Attributes = Readonly<Record<string, string | number | undefined>>;

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** An element of a drawing. Its texts are text nodes, as everywhere. */
export function drawn<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  children: readonly (Node | string)[] = [],
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** A coordinate without needless digits. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A rectangle as a part of a path. */
export function box(x: number, y: number, width: number, height: number): string {
  return `M${at(x)} ${at(y)}h${at(width)}v${at(height)}h${at(-width)}z`;
}
