/** A node of a flat JSON-LD graph: what it says of others, it says by their `@id`. */
export interface Entity {
  readonly '@id': string;
  readonly '@type': string | readonly string[];
  readonly [property: string]: unknown;
}

export function refer(entity: Entity): { readonly '@id': string } {
  return { '@id': entity['@id'] };
}

/** One as itself, several as a list, none as nothing: RO-Crate has no lists of one. */
export function compact(
  property: string,
  values: readonly unknown[],
): Readonly<Record<string, unknown>> {
  if (values.length === 0) return {};
  return { [property]: values.length === 1 ? values[0] : values };
}
