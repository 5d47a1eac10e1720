import { z } from 'zod';
import { report } from './schema';

/** The JSON Schema (draft 2020-12) of reports, made from what the code itself reads them by. */
export function reportJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(report);
  return {
    $schema,
    title: 'Report of a notebook that Halfnote has run',
    description:
      'Every figure is a quantity with its interval and method. Units stand at the end of names: J, s, g, L.',
    ...schema,
  };
}
