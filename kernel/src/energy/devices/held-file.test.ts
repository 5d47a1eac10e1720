import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeldFile } from './held-file';
import { FakeTree } from './trees.fixture';

describe('HeldFile', () => {
  let tree: FakeTree;
  beforeEach(() => {
    tree = new FakeTree();
  });
  afterEach(() => {
    tree.dispose();
  });

  it('tells at each read what is there now', () => {
    tree.write('energy_uj', 1234567);
    const file = new HeldFile(join(tree.root, 'energy_uj'));
    expect(file.read()).toBe('1234567\n');
    tree.write('energy_uj', 7);
    expect(file.read()).toBe('7\n');
    file.close();
    tree.write('energy_uj', 8);
    expect(file.read()).toBe('8\n');
    file.close();
  });

  it('names the file that is not there, and reads it once it is', () => {
    const file = new HeldFile(join(tree.root, 'energy_uj'));
    expect(() => file.read()).toThrow(/ENOENT.*energy_uj/);
    tree.write('energy_uj', 1);
    expect(file.read()).toBe('1\n');
    file.close();
  });

  it.runIf(process.platform === 'linux')('holds one file, and none once it is closed', () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    const file = new HeldFile('/proc/self/stat');
    for (let i = 0; i < 5; i++) file.read();
    expect(open()).toBe(before + 1);
    file.close();
    file.close();
    expect(open()).toBe(before);
  });
});
