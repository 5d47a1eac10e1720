#!/usr/bin/env node
/**
 * Exports reports with awkward figures, names and gaps to every format, through the command, and has each
 * format's own tool judge the files by what it reads in them. Files are left in build/report-exports.
 * Needs the built kernel (`npx tsc -b kernel`).
 *
 *   node test/report-exports/run.mjs [--python PATH]   a Python with the packages of test/requirements.txt,
 *                                                      where .venv lacks them
 */
import { writeExports } from './write-exports.mjs';
import { judgeBoamps } from './judges/boamps.mjs';
import { computeManifests } from './judges/impact-framework.mjs';
import { judgeWithPython } from './judges/python.mjs';
import { boampsSchemas } from './judges/schemas.mjs';

const counts = { passed: 0, failed: 0, skipped: 0 };
const folder = await writeExports(tell);
const schemas = boampsSchemas();
if (schemas === undefined) skip('BoAmps', 'its schemas are not at ../shared/boamps');
else {
  judgeBoamps(folder, schemas, tell);
  add(await judgeWithPython('boamps_judge.py', ['jsonschema'], [folder, schemas]));
}
await computeManifests(folder, tell);
add(await judgeWithPython('impact_framework_judge.py', ['yaml'], [folder]));
add(await judgeWithPython('prometheus_judge.py', ['prometheus_client'], [folder]));
add(await judgeWithPython('codecarbon_judge.py', ['codecarbon', 'pandas'], [folder]));
add(await judgeWithPython('ro_crate_judge.py', ['rocrate_validator', 'rocrate'], [folder]));
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** One case: `problem` is undefined when it passed. */
function tell(name, problem) {
  counts[problem === undefined ? 'passed' : 'failed']++;
  console.log(problem === undefined ? `✓ ${name}` : `✗ ${name}: ${problem}`);
}

function skip(name, reason) {
  counts.skipped++;
  console.log(`- ${name}: skipped, ${reason}`);
}

function add({ passed = 0, failed = 0, skipped }) {
  counts.passed += passed;
  counts.failed += failed;
  if (skipped !== undefined) skip(skipped.name, skipped.reason);
}
