import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as contract from './index';
import { MIME } from './mime-types';

const DIST = join(__dirname, '../../dist/payloads');

/** The files that a plain Node.js script loads by requiring one of the folder's. */
function loadedBy(file: string): string[] {
  const script = `require(${JSON.stringify(join(DIST, file))}); console.log(JSON.stringify(Object.keys(require.cache)))`;
  return JSON.parse(
    execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }),
  ) as string[];
}

describe('the names of the MIME types', () => {
  it('are imported without zod, and without any other file', () => {
    expect(loadedBy('mime-types.js')).toEqual([join(DIST, 'mime-types.js')]);
    expect(loadedBy('ranges/index.js').some((file) => file.includes('/node_modules/zod/'))).toBe(
      true,
    );
  });

  it("are those of the front end's contract", () => {
    expect(contract.MIME).toBe(MIME);
  });
});
