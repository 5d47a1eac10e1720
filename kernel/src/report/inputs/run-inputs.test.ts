import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../hashing/canonical';
import { RunInputs } from './run-inputs';
import { stampOf } from './stamp';
import type { InputEvent } from './watched';

const START = '2026-01-02T00:00:00.000Z';
const BEFORE = new Date('2026-01-01T00:00:00.000Z');

function run() {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-run-inputs-'));
  const inputs = new RunInputs(folder, join(folder, 'a.ipynb'));
  const write = (name: string, content: string, at: Date | null = BEFORE): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    if (at !== null) utimesSync(path, at, at);
    return path;
  };
  return { folder, inputs, write };
}

function read(path: string): Extract<InputEvent, { readonly kind: 'read' }> {
  const stamp = stampOf(path);
  if (stamp === undefined) throw new Error(`${path} is none`);
  return { kind: 'read', path, stamp };
}

describe('the inputs of a run', () => {
  it('are what it read and had not made, each once', async () => {
    const { inputs, write } = run();
    const data = read(write('data.csv', 'a'));
    const product = write('out.csv', 'b');
    const events = [
      data,
      read(write('a.ipynb', '{}')),
      { kind: 'wrote', path: product, hash: null } as const,
      read(product),
      read(write('temporary.csv', 'by a program that is not watched', null)),
    ];
    expect(await inputs.add(events, START)).toEqual([]);
    expect(await inputs.add([data], START)).toEqual([]);
    expect(inputs.list()).toEqual([
      { kind: 'data', name: 'data.csv', sizeBytes: 1, hash: sha256('a') },
    ]);
  });

  it('stand in the report as they were first read, and spoil it where they did not stay so', async () => {
    const { inputs, write } = run();
    const state = read(write('state.json', 'before'));
    const wrote = { kind: 'wrote', path: state.path, hash: sha256('before') } as const;
    write('state.json', 'after', null);
    expect(await inputs.add([state, wrote], START)).toEqual([
      'the input state.json changed during the run',
    ]);
    expect(inputs.list()).toMatchObject([{ hash: sha256('before'), sizeBytes: 6 }]);
    const later = new Date(Date.now() + 60_000).toISOString();
    expect(await inputs.add([read(state.path)], later)).toEqual([
      'the input state.json changed during the run',
    ]);
  });

  it('that others altered or removed meanwhile have no hash to claim', async () => {
    const { inputs, write } = run();
    const altered = read(write('altered.csv', 'before'));
    write('altered.csv', 'after!', new Date('2026-01-03T00:00:00.000Z'));
    const removed = read(write('removed.csv', 'x'));
    rmSync(removed.path);
    expect(await inputs.add([altered, removed], START)).toEqual([
      'the input altered.csv changed during the run',
      'the input removed.csv vanished during the run, or can no longer be read',
    ]);
    expect(inputs.list()).toEqual([]);
  });
});
