import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { withFloors } from './page.mjs';
import { floorProblems } from './rules.mjs';

/** Throws with all that stands against the floors, and when CONTRIBUTING.md doesn't show them as they are. */
export async function checkFloors() {
  const problems = await floorProblems(root);
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  if (withFloors(text) !== text) {
    problems.push('CONTRIBUTING.md shows other floors: run `node scripts/docs.mjs`.');
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
