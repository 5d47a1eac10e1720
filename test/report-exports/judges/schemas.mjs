import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

/** The folder of BoAmps' schemas, which are judges only and lie beside the project; undefined without. */
export function boampsSchemas() {
  const folder = join(root, '..', 'shared', 'boamps');
  return existsSync(join(folder, 'report_schema.json')) ? folder : undefined;
}
