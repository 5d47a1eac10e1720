#!/usr/bin/env node
/**
 * `npm run course [-- 1-formats ...] [--language zh]`
 * Makes the course's notebooks from their sources: for each language a folder for nbgrader, build/course/<language>.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDir } from './lib/paths.mjs';
import { requireSetup } from './lib/requirements.mjs';
import { course } from './course/environment.mjs';
import { assignmentNames, LANGUAGES } from './course/sources.mjs';
import { writeCourse } from './course/write-course.mjs';
import { main } from './setup.mjs';

await main(async () => {
  requireSetup();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { language: { type: 'string', multiple: true, default: LANGUAGES } },
  });
  const known = assignmentNames();
  const names = positionals.length === 0 ? known : positionals;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`No assignment is named "${unknown}". There are ${known.join(', ')}.`);
  await course.setUp();
  for (const language of values.language) {
    const folder = join(buildDir, 'course', language);
    await writeCourse({ folder, language, names });
    console.log(`✓ ${names.length} assignment${names.length === 1 ? '' : 's'} in ${folder}`);
  }
});
