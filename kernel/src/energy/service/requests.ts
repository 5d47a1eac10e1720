import { z } from 'zod';
import { HalfnoteError, unknownCall } from '../../errors';

const carbonOptions = z.strictObject({
  region: z.string().optional(),
  pue: z.number().optional(),
  gridIntensity: z.number().optional(),
});

/** What may be asked, by method: the parameters of each. */
const requests = {
  'energy.report': carbonOptions,
  'energy.cell': carbonOptions,
  'energy.auto': z.strictObject({ on: z.boolean(), options: carbonOptions }),
  'energy.defaults': carbonOptions,
  'energy.begin': z.strictObject({ name: z.string() }),
  'energy.end': z.strictObject({ id: z.int(), options: carbonOptions }),
  /** The user's code only waits from now on, until it says otherwise or its cell ends. */
  'energy.idle': z.strictObject({ on: z.boolean() }),
  'energy.windows': z.strictObject({}),
  'energy.budget': z.strictObject({
    /** Null: there is to be no budget. */
    amount: z
      .union([
        z.strictObject({ energyJ: z.number().positive() }),
        z.strictObject({ co2eG: z.number().positive() }),
      ])
      .nullable(),
    stop: z.boolean(),
  }),
  'energy.journal': z.strictObject({}),
  'energy.reset': z.strictObject({}),
} as const;

export type Method = keyof typeof requests;
export type Params<M extends Method> = z.infer<(typeof requests)[M]>;

export const METHODS: readonly string[] = Object.keys(requests);

/** @throws HalfnoteError `unknown-call` with those that are known. */
export function known(method: string): Method {
  if (Object.hasOwn(requests, method)) return method as Method;
  throw unknownCall(method, METHODS);
}

/** @throws HalfnoteError `invalid-call` for parameters that the method doesn't take. */
export function parse<M extends Method>(method: M, params: unknown): Params<M> {
  const result = requests[method].safeParse(params ?? {});
  if (result.success) return result.data as Params<M>;
  throw new HalfnoteError(
    'invalid-call',
    `Bad parameters of ${method}: ${z.prettifyError(result.error)}`,
  );
}
