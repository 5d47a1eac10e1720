#!/usr/bin/env node
/**
 * `halfnote report`, `verify` and `diff` as a user runs them: files, exit codes, and what is printed. The
 * report's JSON Schema is judged by Python's jsonschema, its page by Chromium, where they are.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, venvPython } from '../../scripts/lib/paths.mjs';
import { installedChromium } from '../browser/lib/chromium.mjs';
import { runCases } from '../lib/cases.mjs';
import { requireSource } from '../lib/typescript.mjs';
import { FAILING, LATE, PARAMETERS, READ_FILES, READING, TINY } from './notebooks.mjs';
import { isShownWhole } from './shown.mjs';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-report-suite-'));
const main = join(root, 'kernel/dist/cli/main.js');
const at = (name) => join(folder, name);
const json = (name) => JSON.parse(readFileSync(at(name), 'utf8'));

function halfnote(args, env = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

writeFileSync(at('tiny.ipynb'), TINY);
writeFileSync(at('failing.ipynb'), FAILING);
writeFileSync(at('data.csv'), 'a,b\n1,2\n');
const { seal } = createRequire(import.meta.url)(join(root, 'kernel/dist/report/identity/seal.js'));
const chromium = installedChromium();
/** Other suites run beside this one: joules and seconds may be far off, scores may not. */
const LOOSE = ['--tolerance', '900'];

await runCases({
  'a notebook’s report is written beside it, and the notebook stays as it was': () => {
    const made = halfnote(['report', 'tiny.ipynb', '--trials', '1', '--region', 'FRA']);
    assert.equal(made.status, 0, made.stderr);
    assert.match(made.stdout, /The notebook's code: .+ J.*CO2e/);
    assert.equal(readFileSync(at('tiny.ipynb'), 'utf8'), TINY);
    const report = json('tiny.report.json');
    assert.equal(report.status, 'complete');
    assert.equal(report.results[0].value.value, 0.902);
    assert.deepEqual(
      report.identity.inputs.map(({ kind, name }) => `${kind} ${name}`),
      ['data data.csv'],
    );
    const { user, halfnote: own, rest } = report.energy.accountsJ;
    const sum = user.value + own.value + rest.value;
    assert.ok(Math.abs(sum / report.energy.machineJ.value - 1) < 1e-6);
    assert.ok(user.value > 0);
    const files = readdirSync(folder).filter((name) => name.startsWith('tiny.report'));
    const pdf = chromium === undefined ? [] : ['tiny.report.pdf'];
    assert.deepEqual(files.sort(), ['tiny.report.html', 'tiny.report.json', ...pdf]);
  },
  'it fits the JSON Schema that is published': () => {
    const script =
      'import json, sys, jsonschema; s, r = (json.load(open(p)) for p in sys.argv[1:]); ' +
      'jsonschema.Draft202012Validator.check_schema(s); jsonschema.validate(r, s, jsonschema.Draft202012Validator)';
    const schema = join(root, 'docs/report.schema.json');
    const { status, stderr } = spawnSync(venvPython, [
      '-c',
      script,
      schema,
      at('tiny.report.json'),
    ]);
    assert.equal(status, 0, String(stderr));
    assert.deepEqual(
      JSON.parse(halfnote(['report', '--schema']).stdout),
      JSON.parse(readFileSync(schema, 'utf8')),
    );
  },
  'its page has no scripts, loads nothing, and prints on A4 with nothing cut': async () => {
    const html = readFileSync(at('tiny.report.html'), 'utf8');
    assert.doesNotMatch(html, /<script|\son\w+=|(src|href)\s*=\s*["']?(https?:)?\/\//i);
    if (chromium === undefined) return;
    assert.match(readFileSync(at('tiny.report.pdf'), 'latin1'), /^%PDF-/);
    await isShownWhole(at('tiny.report.html'));
  },
  'a page with every kind of table and picture, as wide as they get, is shown and printed whole':
    async () => {
      if (chromium === undefined) return;
      const report = requireSource('report/page/full-report.fixture.ts').fullReport();
      writeFileSync(at('full.html'), requireSource('report/page/html.ts').reportHtml(report));
      const { tables, pictures } = await isShownWhole(at('full.html'));
      assert.ok(tables >= 15 && pictures >= 9, `${tables} tables and ${pictures} pictures`);
    },
  'verify holds for another run here': () => {
    const { status, stdout } = halfnote(['verify', 'tiny.report.json', ...LOOSE]);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^accuracy +0\.9020 +0\.9020 .*holds$/m);
    assert.match(stdout, /WITHIN TOLERANCE/);
  },
  'verify says which figure is not reproduced, and by how much': () => {
    const args = ['verify', 'tiny.report.json', ...LOOSE];
    const { status, stdout } = halfnote(args, { TEST_ACCURACY: '0.8' });
    assert.equal(status, 2, stdout);
    assert.match(stdout, /^accuracy .*-11 % .*DOES NOT HOLD$/m);
    assert.match(stdout, /NOT REPRODUCED: accuracy$/m);
  },
  'the settings of the machine are in it, or why they are not, and verify names one that changed':
    () => {
      const report = json('tiny.report.json');
      for (const name of ['governor', 'turbo', 'smt', 'powerSource']) {
        const value = report.settings[`machine.${name}`];
        assert.ok(typeof value === 'string' || value === null);
        if (value === null) assert.match(report.settings[`machine.${name}.unknown`], /\w/);
      }
      const settings = { ...report.settings, 'machine.governor': 'of another kind' };
      writeFileSync(at('set.report.json'), JSON.stringify(seal({ ...report, settings })));
      const args = ['verify', 'set.report.json', ...LOOSE];
      const { status, stdout } = halfnote(args, { TEST_ACCURACY: '0.8' });
      assert.equal(status, 2, stdout);
      assert.match(stdout, /NOT REPRODUCED: accuracy\n.*machine\.governor was of another kind for/);
    },
  'verify recounts what was altered with its hashes: an interval, an account, the verdict': () => {
    const report = json('tiny.report.json');
    const forge = (name, edit) => {
      const copy = structuredClone(report);
      edit(copy);
      writeFileSync(at('forged.report.json'), JSON.stringify(seal(copy)));
      const { status, stdout } = halfnote(['verify', 'forged.report.json', '--no-run']);
      assert.equal(status, 3, `${name}: ${stdout}`);
      assert.match(stdout, new RegExp(`^  ${name} .*its samples and settings give`, 'm'));
    };
    forge('energy.accountsJ.user.high', ({ energy }) => (energy.accountsJ.user.high *= 0.9));
    forge('energy.devices.0.accountsJ.halfnote', ({ energy }) => {
      energy.devices[0].accountsJ.halfnote.value += 1;
    });
    forge('carbon.operationalG', ({ carbon }) => (carbon.operationalG.value /= 2));
    forge('verdict.valid', ({ verdict }) => (verdict.valid = !verdict.valid));
    forge('verdict.reasons', ({ verdict }) => verdict.reasons.push('another'));
    forge('checklist.0.ok', ({ checklist }) => (checklist[0].ok = !checklist[0].ok));
  },
  'verify compares ratios and results with a report of another machine, not joules': () => {
    const report = json('tiny.report.json');
    const cpu = { ...report.hardware.cpu, model: 'Another processor' };
    const foreign = seal({ ...report, hardware: { ...report.hardware, cpu } });
    writeFileSync(at('foreign.report.json'), JSON.stringify(foreign));
    const { status, stdout } = halfnote(['verify', 'foreign.report.json', ...LOOSE]);
    assert.equal(status, 4, stdout);
    assert.match(stdout, /OTHER MACHINE: processor: Another processor in the report/);
    assert.doesNotMatch(stdout, /energy of the whole machine/);
  },
  'verify finds what was altered: the report, the notebook, the data': () => {
    const report = json('tiny.report.json');
    const forged = { ...report, trials: report.trials + 1 };
    writeFileSync(at('forged.report.json'), JSON.stringify(forged));
    const altered = halfnote(['verify', 'forged.report.json']);
    assert.equal(altered.status, 3);
    assert.match(altered.stdout, /ALTERED: The report.*\n {2}trials$/m);
    writeFileSync(at('data.csv'), 'a,b\n1,3\n');
    const data = halfnote(['verify', 'tiny.report.json', '--no-run']);
    assert.equal(data.status, 3);
    assert.match(data.stdout, /the input data\.csv has other content/);
    writeFileSync(at('data.csv'), 'a,b\n1,2\n');
    writeFileSync(at('other.ipynb'), TINY.replace('5e8', '6e8'));
    const cells = halfnote(['verify', 'tiny.report.json', '--no-run', '--notebook', 'other.ipynb']);
    assert.equal(cells.status, 3);
    assert.match(cells.stdout, /cell 3 has other code/);
    assert.equal(halfnote(['verify', 'tiny.report.json', '--no-run']).status, 0);
  },
  'diff compares two reports, and refuses one that was altered': () => {
    const same = halfnote(['diff', 'tiny.report.json', 'tiny.report.json']);
    assert.match(same.stdout, /the same report/);
    const { status, stderr } = halfnote(['diff', 'tiny.report.json', 'forged.report.json']);
    assert.equal(status, 1);
    assert.match(stderr, /forged\.report\.json is not what was written: trials/);
  },
  'a notebook that fails halfway leaves a report marked failed, and exit code 1': () => {
    const { status, stderr } = halfnote(['report', 'failing.ipynb', '--no-pdf']);
    assert.equal(status, 1);
    assert.match(stderr, /Cell 3 failed: RangeError: too far\n.*failing\.report\.json holds/);
    const report = json('failing.report.json');
    assert.equal(report.status, 'failed');
    assert.deepEqual(report.failure, { cell: 2, name: 'RangeError', message: 'too far' });
    assert.deepEqual(
      report.energy.cells.map(({ index }) => index),
      [1, 2],
    );
    const verified = halfnote(['verify', 'failing.report.json']);
    assert.equal(verified.status, 1);
    assert.match(verified.stderr, /is of a run that failed in cell 3/);
  },
  'a cell that took too long says so, and how long it might have taken': () => {
    writeFileSync(at('late.ipynb'), LATE);
    const args = ['report', 'late.ipynb', '--trials', '1', '--no-pdf', '--timeout', '1.5'];
    const { status, stderr } = halfnote(args);
    assert.equal(status, 1, stderr);
    assert.deepEqual(json('late.report.json').failure, {
      cell: 1,
      name: 'Interrupted',
      message: 'It took longer than --timeout allows: 1.5 s',
    });
  },
  'all that a notebook imports and reads is an input, and one that it alters spoils the run':
    () => {
      for (const [name, text] of Object.entries(READ_FILES)) writeFileSync(at(name), text);
      writeFileSync(at('reading.ipynb'), READING);
      const { status, stderr } = halfnote(['report', 'reading.ipynb', '--trials', '1', '--no-pdf']);
      assert.equal(status, 0, stderr);
      const { identity, verdict } = json('reading.report.json');
      assert.deepEqual(
        identity.inputs.map(({ name }) => name),
        Object.keys(READ_FILES).sort(),
      );
      assert.deepEqual(identity.seeds, [{ name: 'seed in cell 4', value: 42_001 }]);
      const [state] = identity.inputs.filter(({ name }) => name === 'state.txt');
      assert.equal(state.hash, `sha256:${createHash('sha256').update('0').digest('hex')}`);
      assert.ok(verdict.reasons.includes('the input state.txt changed during the run'));
      writeFileSync(at('state.txt'), '0');
      writeFileSync(at('deeper.ts'), 'export const two = 3;\n');
      const verified = halfnote(['verify', 'reading.report.json', '--no-run']);
      assert.equal(verified.status, 3, verified.stdout);
      assert.match(verified.stdout, /reported:\n {2}the input deeper\.ts has other content\n$/);
    },
  'parameters shift no cell: with them and without, all are named as in the notebook': () => {
    writeFileSync(at('set.ipynb'), PARAMETERS);
    const made = (...more) => {
      const args = ['report', 'set.ipynb', '--trials', '1', '--no-pdf', ...more];
      const { status, stderr } = halfnote(args);
      assert.equal(status, 1, stderr);
      return { stderr, report: json('set.report.json') };
    };
    const plain = made();
    const set = made('-p', 'rounds=3');
    const own = ({ energy }) => energy.cells.flatMap(({ index }) => (index < 0 ? [] : [index]));
    assert.deepEqual(own(set.report), own(plain.report));
    assert.deepEqual(
      set.report.energy.cells.map(({ index }) => index),
      [1, -2, 2, 3],
    );
    assert.equal(set.report.results[0].cell, 2);
    assert.equal(set.report.results[0].value.value, 3);
    assert.equal(plain.report.results[0].value.value, 1);
    for (const { stderr, report } of [plain, set]) {
      assert.match(stderr, /Cell 4 failed: RangeError/);
      assert.equal(report.failure.cell, 3);
      assert.match(report.verdict.reasons.join(), /trial 1 failed in cell 4/);
    }
    const html = readFileSync(at('set.report.html'), 'utf8');
    assert.match(html, /The cell of --param/);
    assert.match(html, /Cell 4/);
    assert.doesNotMatch(html, /Cell (-|0|5)/);
    assert.equal(halfnote(['verify', 'set.report.json', '--no-run']).status, 0);
  },
  'what can’t be written is said before anything runs': () => {
    const started = Date.now();
    const { status, stderr } = halfnote(['report', 'tiny.ipynb', '--output', '/proc/none']);
    assert.equal(status, 1);
    assert.match(stderr, /Can't write \/proc\/none: /);
    assert.ok(!stderr.includes('Trial 1'), `ran for ${Date.now() - started} ms`);
    assert.ok(!existsSync(at('none')));
  },
});
rmSync(folder, { recursive: true, force: true });
