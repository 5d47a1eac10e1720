import type { z } from 'zod';
import { HalfnoteError, unknownCall } from '../../errors';
import { lateZod } from '../late-zod';

/** The parameters of each method. */
const schemas = (zod: typeof z) => {
  const carbonOptions = zod.strictObject({
    region: zod.string().optional(),
    pue: zod.number().optional(),
    gridIntensity: zod.number().optional(),
  });
  return {
    'energy.report': carbonOptions,
    'energy.cell': carbonOptions,
    /** What the running cell has taken so far. */
    'energy.running': zod.strictObject({}),
    'energy.auto': zod.strictObject({ on: zod.boolean(), options: carbonOptions }),
    'energy.defaults': carbonOptions,
    'energy.begin': zod.strictObject({ name: zod.string() }),
    'energy.end': zod.strictObject({ id: zod.int(), options: carbonOptions }),
    /** The user's code only waits from now on, until it says otherwise or its cell ends. */
    'energy.idle': zod.strictObject({ on: zod.boolean() }),
    'energy.windows': zod.strictObject({}),
    'energy.budget': zod.strictObject({
      /** Null: there is to be no budget. */
      amount: zod
        .union([
          zod.strictObject({ energyJ: zod.number().positive() }),
          zod.strictObject({ co2eG: zod.number().positive() }),
        ])
        .nullable(),
      stop: zod.boolean(),
    }),
    'energy.journal': zod.strictObject({}),
    'energy.reset': zod.strictObject({}),
  } as const;
};

type Schemas = ReturnType<typeof schemas>;
export type Method = keyof Schemas;
export type Params<M extends Method> = z.infer<Schemas[M]>;

/** What may be asked. */
const methods: Readonly<Record<Method, true>> = {
  'energy.report': true,
  'energy.cell': true,
  'energy.running': true,
  'energy.auto': true,
  'energy.defaults': true,
  'energy.begin': true,
  'energy.end': true,
  'energy.idle': true,
  'energy.windows': true,
  'energy.budget': true,
  'energy.journal': true,
  'energy.reset': true,
};

export const METHODS: readonly string[] = Object.keys(methods);

let made: Schemas | undefined;

/** @throws HalfnoteError `unknown-call` with those that are known. */
export function known(method: string): Method {
  if (Object.hasOwn(methods, method)) return method as Method;
  throw unknownCall(method, METHODS);
}

/** @throws HalfnoteError `invalid-call` for parameters that the method doesn't take. */
export function parse<M extends Method>(method: M, params: unknown): Params<M> {
  const zod = lateZod();
  made ??= schemas(zod);
  const result = made[method].safeParse(params ?? {});
  if (result.success) return result.data as Params<M>;
  throw new HalfnoteError(
    'invalid-call',
    `Bad parameters of ${method}: ${zod.prettifyError(result.error)}`,
  );
}
