import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildIfStale } from '../../../test/support/built-kernel';
import { homeFolder } from './home-folder';

describe("the user's home", () => {
  buildIfStale();

  it('is what the system says', () => {
    expect(homeFolder()).toBe(homedir());
  });

  it('is the root where the system knows none, as for a number without a name', () => {
    const file = join(resolve(__dirname, '../../dist'), 'files/home-folder.js');
    const code = `
      require('node:os').homedir = () => { throw new Error('uv_os_homedir'); };
      process.stdout.write(require(${JSON.stringify(file)}).homeFolder());`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['/', '']);
  });
});
