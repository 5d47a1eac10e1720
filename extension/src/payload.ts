/** The outcome of a check of data that came with a notebook, from anywhere. */
export type Checked<Payload> =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly problems: readonly string[] };

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The part of a zod schema that is used here. */
export interface Schema<Payload> {
  safeParse(
    data: unknown,
  ):
    | { readonly success: true; readonly data: Payload }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

const SHOWN = 5;

/** `data` as a payload, or what is wrong with it and where, in words for the output. */
export function check<Payload>(schema: Schema<Payload>, data: unknown): Checked<Payload> {
  const result = schema.safeParse(data);
  if (result.success) return { ok: true, payload: result.data };
  const { issues } = result.error;
  const problems = issues
    .slice(0, SHOWN)
    .map(({ path, message }) => `${path.map(String).join('.') || 'payload'}: ${message}`);
  const more = issues.length - SHOWN;
  return { ok: false, problems: more > 0 ? [...problems, `and ${more} more`] : problems };
}
