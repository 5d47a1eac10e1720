import { withinBudget } from 'halfnote/mime';

/** The outcome of a check of data that came with a notebook, from anywhere. */
export type Checked<Payload> =
  | {
      readonly ok: true;
      readonly payload: Payload;
      /** What of the data isn't in the payload, for it is too much to show: in sentences. */
      readonly left: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What zod says of a fault; without a locale, whose text is as long as zod itself, hardly in words. */
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** A type's name. */
  readonly expected?: unknown;
  readonly values?: readonly unknown[];
  readonly minimum?: unknown;
  readonly maximum?: unknown;
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
  const budgeted = withinBudget(data);
  const result = schema.safeParse(budgeted.data);
  if (result.success) return { ok: true, payload: result.data, left: budgeted.left };
  const { issues } = result.error;
  const problems = issues
    .slice(0, SHOWN)
    .map((issue) => `${issue.path.map(String).join('.') || 'payload'}: ${inWords(issue)}`);
  const more = issues.length - SHOWN;
  return { ok: false, problems: more > 0 ? [...problems, `and ${more} more`] : problems };
}

function inWords({ code, message, expected, values, minimum, maximum }: Issue): string {
  if (code === 'invalid_type') return `must be ${String(expected)}`;
  if (code === 'invalid_value') return `must be one of ${(values ?? []).map(String).join(', ')}`;
  if (code === 'too_small') return `must be at least ${String(minimum)}`;
  if (code === 'too_big') return `must be at most ${String(maximum)}`;
  return message;
}
