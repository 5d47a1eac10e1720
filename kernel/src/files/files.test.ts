import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceFile } from './replace-file';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'halfnote-files-'));
const options = { hint: 'Name another.' };

describe('a file that is written', () => {
  it('replaces one that was there, and folders that lack are made', async () => {
    const folder = fresh();
    const path = join(folder, 'a/b/c.txt');
    await replaceFile(path, 'before', options);
    await replaceFile(path, Buffer.from('after'), options);
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['c.txt']);
  });

  it('keeps the permissions of one that was there, and a link to it', async () => {
    const [folder, elsewhere] = [fresh(), fresh()];
    const [link, file] = [join(folder, 'link'), join(elsewhere, 'a.txt')];
    writeFileSync(file, 'before');
    chmodSync(file, 0o640);
    symlinkSync(file, link);
    await replaceFile(link, 'after', options);
    expect(readFileSync(file, 'utf8')).toBe('after');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect([readdirSync(folder), readdirSync(elsewhere)]).toEqual([['link'], ['a.txt']]);
  });

  it('goes to a pipe or a device, which stay what they are', async () => {
    const pipe = join(fresh(), 'pipe');
    spawnSync('mkfifo', [pipe]);
    const reading = readFile(pipe, 'utf8');
    await replaceFile(pipe, 'through', options);
    expect(await reading).toBe('through');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it('is written as a whole or not at all where the disk takes no more', async () => {
    const folder = fresh();
    const path = join(folder, 'a.json');
    await replaceFile(path, 'before', options);
    const built = join(__dirname, '../../dist/files/replace-file.js');
    const script = `require(${JSON.stringify(built)}).replaceFile(${JSON.stringify(path)}, 'x'.repeat(1e6), {}).catch((error) => console.log(error.code, error.message))`;
    // A limit on the size of files ends a write as a full disk does.
    const limited = 'trap "" XFSZ; ulimit -f 16; exec "$0" -e "$1"';
    const { stdout } = spawnSync('bash', ['-c', limited, process.execPath, script], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^not-writable Can't write .*larger than is allowed/);
    expect(readdirSync(folder)).toEqual(['a.json']);
    expect(readFileSync(path, 'utf8')).toBe('before');
  });

  it('is refused with the reason where it can’t be, at once', async () => {
    const file = join(fresh(), 'file');
    writeFileSync(file, '');
    const reasons = {
      [join(file, 'a.json')]: 'a part of its path is a file',
      [fresh()]: 'it is a folder',
      '/dev/null/x/y': 'a part of its path is a file',
      // Where Node.js's own recursive mkdir never returns.
      '/proc/none/deeper/a.json': 'its folder is not there and can’t be made',
    };
    for (const [path, reason] of Object.entries(reasons))
      await expect(replaceFile(path, 'x', options)).rejects.toThrow(
        `Can't write ${path}: ${reason}.`,
      );
    const what = { ...options, what: 'the model to m.onnx' };
    await expect(replaceFile('/dev/null/m.onnx', 'x', what)).rejects.toThrow(
      "Can't write the model to m.onnx: a part of its path is a file.\nName another.",
    );
  });
});
