import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';

it("keeps zod out of what a notebook's first cell waits for", () => {
  const service = join(__dirname, '..', '..', 'dist', 'energy', 'service', 'notebook-energy.js');
  const list = `require(${JSON.stringify(service)}); console.log(Object.keys(require.cache).join('\\n'))`;
  const loaded = execFileSync(process.execPath, ['-e', list], { encoding: 'utf8' }).split('\n');
  expect(loaded).toContain(service);
  expect(loaded.filter((path) => path.includes('/zod/'))).toEqual([]);
});
