import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildDir, root } from '../../scripts/lib/paths.mjs';
import { requireSource } from '../lib/typescript.mjs';

const FORMATS = ['codecarbon', 'boamps', 'impact-framework', 'prometheus', 'ro-crate'];

/**
 * Writes each report of the fixture, and its exports by the command `halfnote export`: one folder a report,
 * in it one a format. Gives the folder.
 */
export async function writeExports(tell) {
  const folder = join(buildDir, 'report-exports');
  rmSync(folder, { recursive: true, force: true });
  const require = createRequire(join(root, 'kernel/package.json'));
  const { Command } = require('commander');
  const { seal } = require(join(root, 'kernel/dist/report/identity/seal.js'));
  const { derived } = require(join(root, 'kernel/dist/report/verify/derived.js'));
  const { addExport } = require(join(root, 'kernel/dist/cli/export.js'));
  const { REPORTS } = requireSource('report/export/report.fixture.ts');
  for (const [name, make] of Object.entries(REPORTS)) {
    const report = join(folder, name, 'report.json');
    mkdirSync(join(folder, name), { recursive: true });
    const made = make();
    // Of what it is made of, all that follows: the command refuses a report whose figures don't.
    writeFileSync(report, JSON.stringify(seal({ ...made, ...derived(made) }), null, 2));
    for (const format of FORMATS) {
      const output = join(folder, name, format);
      const said = [];
      const program = new Command().exitOverride();
      addExport(program, (text) => said.push(text));
      const problem = await program
        .parseAsync(['export', report, '--to', format, '-o', output], { from: 'user' })
        .then(() => undefined, String);
      tell(`${name}: \`halfnote export --to ${format}\` writes it`, problem);
    }
  }
  return folder;
}
