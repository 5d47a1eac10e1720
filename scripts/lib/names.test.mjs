import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { missingNames } from './names.mjs';

it('finds names, exports and modules that are not there, and no faults of types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-names-'));
  try {
    const files = Object.entries({
      'kept.mjs': `export const kept = [];\nkept.push(1).toFixed(true);\nconsole.log(fetch, process.pid);\n`,
      'asks.mjs': [
        `import { createRequire } from 'node:module';`,
        `import { kept, gone } from './kept.mjs';`,
        `import * as nothing from './nothing.mjs';`,
        `import later from 'installed-later';`,
        `const require = createRequire('/elsewhere/');`,
        `const { other } = require('./built-later.js');`,
        `console.log(kept, gone, nothing, later, other, forgotten);`,
      ].join('\n'),
    }).map(([name, text]) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    });
    const found = missingNames(files).map((line) => line.slice(folder.length + 1));
    expect(found).toHaveLength(3);
    expect(found[0]).toMatch(/^asks\.mjs:2: .*no exported member 'gone'/);
    expect(found[1]).toMatch(/^asks\.mjs:3: Cannot find module '\.\/nothing\.mjs'/);
    expect(found[2]).toMatch(/^asks\.mjs:7: Cannot find name 'forgotten'/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
