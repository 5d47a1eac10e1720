import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestNotebook } from '../../../test/support/runtime-notebook';
import { NoteFilter } from './log-notes';

const START =
  'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n';
const ONEDNN =
  'I0000 00:00:1795901745.660053   11006 port.cc:153] oneDNN custom operations are on. ' +
  'To turn them off, set the environment variable `TF_ENABLE_ONEDNN_OPTS=0`.\n';
const LINKED_TWICE =
  'E0000 00:00:1795901745.660053   11006 cuda_dnn.cc:8310] Unable to register cuDNN factory: ' +
  'Attempting to register factory for plugin cuDNN when one has already been registered\n' +
  'W0000 00:00:1795901745.660053   11006 computation_placer.cc:177] computation placer already registered. ' +
  'Please check linkage and avoid linking the same target more than once.\n';
const KEPT = [
  'W0000 00:00:1795901745.660053   11006 cpu.cc:12] a warning\n',
  'E0000 00:00:1795901745.660053   11006 cpu.cc:12] an error\n',
  'F0000 00:00:1795901745.660053   11006 cpu.cc:12] the end\n',
  'WARNING: All log messages are mine\n',
  'I0000: of mine\n',
  'I think so\n',
  `  ${START}`,
  `he said ${ONEDNN}`,
  '\n',
];

describe('NoteFilter', () => {
  const text = [START, ONEDNN, ...KEPT.flatMap((line) => [line, ONEDNN, LINKED_TWICE])].join('');

  it('leaves out the notes, and nothing else', () => {
    const filter = new NoteFilter();
    expect(filter.push(text) + filter.flush()).toBe(KEPT.join(''));
  });

  it('finds them wherever the chunks are cut', () => {
    for (let size = 1; size <= 100; size++) {
      const filter = new NoteFilter();
      let shown = '';
      for (let at = 0; at < text.length; at += size)
        shown += filter.push(text.slice(at, at + size));
      expect(shown + filter.flush()).toBe(KEPT.join(''));
    }
  });

  it('holds back no line that is none of them, finished or not', () => {
    const filter = new NoteFilter();
    expect(filter.push('Epoch 1: 10%')).toBe('Epoch 1: 10%');
    expect(filter.push('\rEpoch 1: 20%\nI')).toBe('\rEpoch 1: 20%\n');
    expect(filter.push(' see')).toBe('I see');
  });

  it('gives what it held when nothing follows, and goes on with the line', () => {
    const filter = new NoteFilter();
    expect(filter.push('WARN')).toBe('');
    expect(filter.flush()).toBe('WARN');
    expect(filter.push(`ING\n${ONEDNN}`)).toBe('ING\n');
  });
});

describe('a cell', () => {
  let notebook: TestNotebook;
  beforeAll(async () => {
    notebook = await TestNotebook.open();
  });
  afterAll(async () => {
    await notebook.close();
  });

  it('that loads TensorFlow shows none of its notes, and warnings of native code', async () => {
    const first = await notebook.run(
      `const { ensureBackend } = await import('halfnote');
      const { engine } = await ensureBackend();
      (await import('fs')).writeSync(2, 'W0000 00:00:1.5 7 my.cc:1] mine\\n');
      await new Promise((done) => setTimeout(done, 300));
      engine`,
    );
    expect([first.result, first.stderr]).toEqual([
      "'tensorflow'",
      'W0000 00:00:1.5 7 my.cc:1] mine\n',
    ]);
  });

  it('shows the start of a line that nothing follows', async () => {
    await notebook.run(`(await import('fs')).writeSync(2, 'WARN')`);
    const count = notebook.lastCount;
    await notebook.until(() => notebook.seen(count).stderr === 'WARN');
  });

  it('shows the last words of a process that dies', async () => {
    const died = await notebook.run(
      `(await import('fs')).writeSync(2, ${JSON.stringify(`\n${ONEDNN}I`)}); process.exit(3)`,
    );
    expect(died.stderr).toBe('\nI');
  });
});
