import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { extractText, getDocumentProxy } from 'unpdf';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildIfStale } from '../../../test/support/built-kernel';

const KERNEL = resolve(__dirname, '../..');

/** What somebody writes who has neither a notebook nor a browser. */
const SCRIPT = `
const halfnote = require(process.argv[1]);
const tf = require('@tensorflow/tfjs');
const folder = process.argv[2];
(async () => {
  await halfnote.ensureBackend();
  const model = tf.sequential({ name: 'net', layers: [
    tf.layers.dense({ name: 'first', inputShape: [4], units: 8, activation: 'relu' }),
    tf.layers.dense({ name: 'last', units: 3, activation: 'softmax' }),
  ] });
  const x = tf.randomNormal([64, 4], 0, 1, 'float32', 1);
  const result = await halfnote.layerSensitivity(model, { data: { x }, formats: ['int8', 'int4'] });
  await halfnote.save(result, folder + '/layers.pdf', { width: 'text' });
  await halfnote.save(result, folder + '/layers.tex', { table: 1 });
  const [table] = halfnote.tablesOf(result);
  const [figure] = halfnote.figuresOf(result);
  await table.save(folder + '/layers.csv');
  await figure.save(folder + '/layers.png', { dpi: 150 });
  console.log(JSON.stringify([table.caption, figure.caption, table.notes]));
})();
`;

describe('a plain script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-headless-'));
  let printed = '';
  const bytes = (name: string): Buffer => readFileSync(join(folder, name));

  beforeAll(async () => {
    buildIfStale();
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', SCRIPT, KERNEL, folder], {
      cwd: KERNEL,
    });
    printed = stdout.trim().split('\n').at(-1) ?? '';
  }, 300_000);

  it('saves a chart as a PDF whose size and words another reader finds, signs and all', async () => {
    const document = await getDocumentProxy(new Uint8Array(bytes('layers.pdf')));
    expect(document.numPages).toBe(1);
    const { view } = await document.getPage(1);
    expect(view[2]).toBeCloseTo((178 * 72) / 25.4, 2);
    const { text } = await extractText(document, { mergePages: true });
    for (const words of ['first', 'last', 'int8', 'int4', 'signal to noise'])
      expect(text).toContain(words);
    const { info } = await document.getMetadata();
    expect(info).toMatchObject({ Title: 'Sensitivity of net', Creator: 'Halfnote 0.1.0' });
  });

  it('saves tables and pictures, with what they were measured on', () => {
    const [table, figure, notes] = JSON.parse(printed) as [string, string, string[]];
    expect(table).toContain('net');
    expect(figure).toBe('Sensitivity of net');
    expect(notes.some((note) => note.includes('measured on 64 samples'))).toBe(true);
    expect(notes.some((note) => /weights sha256 [0-9a-f]{12}/i.test(note))).toBe(true);
    expect(bytes('layers.csv').toString()).toMatch(/^Layer,Kind,Weights,/);
    expect(bytes('layers.tex').toString()).toContain('\\label{tab:');
    expect(bytes('layers.png').toString('latin1')).toContain('pHYs');
  });
});
