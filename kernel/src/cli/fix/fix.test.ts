import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../doctor/view';
import { runCommand, spawnable, type Outcome } from './command-run';
import { fix } from './fix';

const setup = { argv: ['npm', 'run', 'setup'], folder: '/co' };
const pip = { argv: ['/v/bin/python', '-m', 'pip', 'install', 'tensorflow-cpu'] };
const again = { argv: ['node', 'main.js', 'doctor'] };

function finding(name: string, state: Finding['state'], command?: Finding['fix']): Finding {
  return { name, value: '', state, ...(command === undefined ? {} : { fix: command }) };
}

/** What a fix of findings prints and runs, with an answer to its question and outcomes of its commands. */
async function fixed(
  findings: readonly Finding[],
  answer: boolean | undefined,
  outcomes: Readonly<Record<string, Outcome>> = {},
): Promise<{ printed: string; ran: string[]; isGood: boolean }> {
  const printed: string[] = [];
  const ran: string[] = [];
  const isGood = await fix(findings, {
    print: (text) => printed.push(text),
    ask: answer === undefined ? undefined : () => Promise.resolve(answer),
    run: ({ argv }) => {
      ran.push(argv.join(' '));
      return Promise.resolve(outcomes[argv.join(' ')] ?? 0);
    },
    again,
  });
  return { printed: printed.join('\n'), ran, isGood };
}

describe('doctor --fix', () => {
  const lacks = [
    finding('engine', 'missing', pip),
    finding('kernelspec', 'missing', setup),
    finding('Lab extension', 'missing', setup),
    finding('Node.js', 'note', { argv: ['never'] }),
  ];

  it('runs each command of what is missing once, and then looks again', async () => {
    const { printed, ran, isGood } = await fixed(lacks, true);
    expect(ran).toEqual([pip.argv.join(' '), 'npm run setup', 'node main.js doctor']);
    expect(printed).toContain(
      '2 commands:\n  /v/bin/python -m pip install tensorflow-cpu\n  npm run setup (in /co)',
    );
    expect(printed).toContain('done: npm run setup (in /co)');
    expect(isGood).toBe(true);
  });

  it.each([
    [false, 'Nothing was run.'],
    [undefined, 'no terminal to ask on, and --yes is not given'],
  ])('answered %s runs nothing, but says what it would', async (answer, words) => {
    const { printed, ran, isGood } = await fixed(lacks, answer);
    expect([ran, isGood]).toEqual([[], false]);
    expect(printed).toContain('npm run setup (in /co)');
    expect(printed).toContain(words);
  });

  it('says which command failed, goes on with the others, and is not good', async () => {
    const { printed, ran, isGood } = await fixed(lacks, true, { [pip.argv.join(' ')]: 1 });
    expect(ran).toHaveLength(3);
    expect(printed).toContain('failed (exit code 1): /v/bin/python -m pip install tensorflow-cpu');
    expect(isGood).toBe(false);
    const other = await fixed(lacks, true, { 'npm run setup': 'spawn npm ENOENT' });
    expect(other.printed).toContain('failed (spawn npm ENOENT): npm run setup');
  });

  it('names what no command does, and finds nothing to do where nothing is missing', async () => {
    const left = await fixed([finding('Lab extension', 'missing')], true);
    expect([left.ran, left.isGood]).toEqual([[], false]);
    expect(left.printed).toContain('No command does it for you: Lab extension.');
    const healthy = await fixed([finding('Node.js', 'note', { argv: ['never'] })], undefined);
    expect(healthy).toEqual({ printed: '\nNothing to fix.', ran: [], isGood: true });
  });
});

describe('a command', () => {
  it('runs in its folder, and tells its exit code or why it did not run', async () => {
    const folder = tmpdir();
    const code = `process.exit(process.cwd() === require('fs').realpathSync(${JSON.stringify(folder)}) ? 7 : 1)`;
    expect(await runCommand({ argv: [process.execPath, '-e', code], folder })).toBe(7);
    expect(await runCommand({ argv: ['/no/such/program'] })).toMatch(/ENOENT/);
    const suicide = [
      process.execPath,
      '-e',
      "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 9e4)",
    ];
    expect(await runCommand({ argv: suicide })).toBe('ended by SIGTERM');
  });

  it('goes through a shell for npm on Windows only', () => {
    expect(spawnable(setup, 'win32')).toEqual({ file: 'npm', args: ['run', 'setup'], shell: true });
    expect(spawnable(setup, 'linux').shell).toBe(false);
    expect(spawnable(pip, 'win32').shell).toBe(false);
  });
});
