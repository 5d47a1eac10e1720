import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../lib/paths.mjs';
import * as house from './floors.mjs';
import { withFloors } from './page.mjs';
import { floorProblems } from './rules.mjs';

const made = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** What the rule says of a checkout that consists of these files. */
function problemsOf(files, rules = house) {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-floors-'));
  made.push(folder);
  const all = { 'kernel/src/index.ts': '', 'extension/src/index.ts': '', ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return floorProblems(folder, rules);
}

const TEXT = { 'kernel/src/display/text.ts': 'export type Text = string;' };
const REPORT = { 'kernel/src/energy/report.ts': 'export const report = 1;' };
const SHOWN = {
  ...REPORT,
  'kernel/src/inspection/shown.ts': "export { report } from '../energy/report';",
};

describe('the floors', () => {
  it('let imports go down, and tests look at the house from outside', async () => {
    expect(
      await problemsOf({
        ...TEXT,
        'kernel/src/cli/main.ts': "import '../display/text';",
        'kernel/src/formats/table.test.ts': "import '../display/text';",
      }),
    ).toEqual([]);
  });

  it('refuse an import upward, and name both', async () => {
    expect(
      await problemsOf({
        ...TEXT,
        'kernel/src/formats/table.ts':
          "import type { Text } from '../display/text';\nexport type T = Text;",
      }),
    ).toEqual([
      'kernel/src/formats/table.ts imports kernel/src/display/text.ts: formats stands below display, and an import goes down.',
    ]);
  });

  it('refuse an import upward of a fixture too, which others import', async () => {
    expect(
      await problemsOf({
        ...TEXT,
        'kernel/src/formats/table.fixture.ts': "import '../display/text';",
      }),
    ).toEqual([
      'kernel/src/formats/table.fixture.ts imports kernel/src/display/text.ts: formats stands below display, and an import goes down.',
    ]);
  });

  it('tell a room from the folder that it lies in', async () => {
    expect(
      await problemsOf({
        'kernel/src/magics/table.ts': "export { time } from './catalog/time';",
        'kernel/src/magics/catalog/time.ts': "export { time } from '../language/declare';",
        'kernel/src/magics/language/declare.ts': "import '../table';\nexport const time = 1;",
      }),
    ).toContain(
      'kernel/src/magics/language/declare.ts imports kernel/src/magics/table.ts: magics/language stands below magics, and an import goes down.',
    );
  });

  it('refuse an import sideways, unless the data has it', async () => {
    expect(await problemsOf(SHOWN)).toEqual([
      'kernel/src/inspection/shown.ts imports kernel/src/energy/report.ts: inspection and energy stand on one floor, and know nothing of each other.',
    ]);
    const open = { ...house, sideways: [{ from: 'inspection', to: 'energy' }] };
    expect(await problemsOf(SHOWN, open)).toEqual([]);
  });

  it('refuse a circle of types, and tell it once', async () => {
    expect(
      await problemsOf({
        'kernel/src/graph/a.ts': "import type { B } from './b';\nexport type A = B[];",
        'kernel/src/graph/b.ts': "import type { A } from './a';\nexport type B = A | 0;",
      }),
    ).toEqual([
      'kernel/src/graph/a.ts imports kernel/src/graph/b.ts imports kernel/src/graph/a.ts: a circle.',
    ]);
  });

  it('refuse what lies behind a wall, over however many files', async () => {
    expect(
      await problemsOf({
        'kernel/src/jupyter/kernel.ts': "import '../runtime/contract';",
        'kernel/src/runtime/contract.ts':
          "import type { Tensor } from '@tensorflow/tfjs';\nexport type T = Tensor;",
      }),
    ).toEqual([
      'kernel/src/jupyter/kernel.ts reaches kernel/src/runtime/contract.ts -> @tensorflow/tfjs: how the kernel speaks, numbers and payloads know no tensors.',
    ]);
  });

  it('keep Node.js out of what the extension bundles, over however many files, but for types', async () => {
    const files = {
      'kernel/src/payloads/text.ts':
        "import { shown } from '../display/shown';\nexport const text = shown(1);",
      'kernel/src/display/shown.ts':
        "export { shown } from '../errors';\nexport type { Stats } from 'node:fs';",
      'kernel/src/errors.ts': "import { inspect } from 'node:util';\nexport const shown = inspect;",
    };
    const problem =
      "kernel/src/payloads/text.ts reaches kernel/src/display/shown.ts -> kernel/src/errors.ts -> node:util: the extension's bundle holds it, and a browser has no Node.js.";
    expect(await problemsOf(files)).toEqual([problem]);
    const typed = {
      ...files,
      'kernel/src/display/shown.ts':
        "import type { shown } from '../errors';\nexport type Shown = typeof shown;",
      'kernel/src/payloads/text.ts':
        "import { Shown } from '../display/shown';\nexport type Text = Shown;",
      'kernel/src/payloads/text.test.ts': "import 'node:fs';",
    };
    expect(await problemsOf(typed)).toEqual([]);
  });

  it("let the extension import the kernel's contract alone", async () => {
    expect(
      await problemsOf({
        'extension/src/view.ts': "import { MIME } from 'halfnote/mime';\nimport 'halfnote';",
        'extension/src/figure.ts': "import '../../kernel/src/display/text';",
        ...TEXT,
      }),
    ).toEqual([
      'extension/src/figure.ts imports kernel/src/display/text.ts: the extension knows halfnote/mime of the kernel, and nothing else.',
      'extension/src/view.ts imports halfnote: the extension knows halfnote/mime of the kernel, and nothing else.',
    ]);
  });

  it('have a place for every file', async () => {
    expect(await problemsOf({ 'kernel/src/attic/box.ts': '' })).toEqual([
      'kernel/src/attic/box.ts stands on no floor: give its folder a room in scripts/floors/floors.mjs.',
    ]);
  });
});

describe('the data', () => {
  it('names rooms that are there', () => {
    const rooms = house.floors.flat().map(({ name }) => name);
    expect(rooms.filter((name) => !existsSync(join(root, 'kernel/src', name)))).toEqual([]);
    const named = [
      ...house.bundled.rooms,
      ...house.walls.flatMap(({ from, to }) => [...from, ...to]),
      ...house.sideways.flatMap(({ from, to }) => [from, to]),
    ];
    expect(named.filter((name) => !name.startsWith('@') && !rooms.includes(name))).toEqual([]);
  });
});

describe("CONTRIBUTING's section", () => {
  it('is replaced as a whole, and what stands around it is kept', () => {
    const page = withFloors(
      'before\n<!-- Made from scripts/floors/floors.mjs by `node scripts/docs.mjs`. -->\nwhat it was\n<!-- End of what is made. -->\nafter',
    );
    expect(page).toMatch(/^before\n[^]*\nafter$/);
    expect(page).not.toContain('what it was');
    for (const { name } of house.floors.flat()) expect(page).toContain(`\`kernel/src/${name}\``);
    expect(withFloors(page)).toBe(page);
  });

  it('must be there', () => {
    expect(() => withFloors('# Contributing')).toThrow('has no section');
  });
});
