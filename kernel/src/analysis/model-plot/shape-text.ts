/** `?×28×28×1`; empty where nothing is known. */
export function shapeText(shape: readonly (number | string | null)[] | undefined): string {
  if (shape === undefined) return '';
  return shape.length === 0 ? 'scalar' : shape.map((size) => size ?? '?').join('×');
}
