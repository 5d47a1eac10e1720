"""The debugger: breakpoints at the user's own lines, steps, values, and how a stopped cell is ended."""

import os
import tempfile
import unittest
from pathlib import Path

from cases import KernelCase
from debugging import DebuggingFrontEnd

MODULE = """\
import { sep } from 'node:path';

export interface Pair { readonly a: number; readonly b: number }

/** Nothing of this comment runs. */
export function add({ a, b }: Pair): number {
  const sum: number = a + b;
  return sum;
}

export const later = async (value: number): Promise<string> => {
  const half = value / 2;
  await null;
  return `${half}${sep}`;
};

export default class Counter {
  private n = 0;
  up(by = 1): number {
    this.n += by;
    return this.n;
  }
}
"""

OTHER = """\
export function outer(list: number[]): number {
  let best = -Infinity;
  for (const each of list) {
    if (each > best) {
      best = each;
    }
  }
  return best;
}
"""

LOOP = """\
let total: number = 0;
for (let i = 0; i < 3; i++) {
  total += i;
}
total"""

ASYNC = """\
const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));
await wait(1);
const waited: number = 7;
async function twice(x: number): Promise<number> {
  await wait(1);
  return 2 * x;
}
await twice(waited)"""

ARROWS = """\
interface Row { readonly n: number }
const rows: Row[] = [{ n: 1 }, { n: 2 }];
const squares = rows.map(({ n }) => {
  const square = n * n;
  return square;
});
squares"""

MAGIC = """\
%precision fp32

const afterMagic: number = 5;
afterMagic + 1"""

LINES = """\
const parts = [
  1,
  Math.max(2, 3),
].map(
  (x) => x + 1,
);

// A comment.
type Unused = { readonly none: number };
parts.length"""

DEFINES = """\
type Kind = 'big' | 'small';
function classify(value: number): Kind {
  const limit = 10;
  if (value > limit) return 'big';
  return 'small';
}"""

CALLS = """\
const kind = classify(12);
kind"""

IMPORTS = """\
import Counter, { add, later } from './bench';
import { outer } from './other';
const counter = new Counter();
counter.up(3);
const answer = [add({ a: 1, b: 2 }), await later(8), outer([3, 1, 2])];
answer"""

THROWS = """\
try {
  JSON.parse('{');
} catch (error) {
  console.log('caught', (error as Error).name);
} finally {
  console.log('done');
}
switch (total) {
  case 3:
    console.log('three');
    break;
  default:
    console.log('other');
}"""

GENERATOR = """\
function* count(): Generator<number> {
  yield 1;
  yield 2;
}
class Shape {
  static made = 0;
  constructor(readonly side: number) {
    Shape.made++;
  }
  get area(): number {
    return this.side ** 2;
  }
}
[...count()].map((side) => new Shape(side).area)"""


class DebuggerCase(KernelCase):
    """Cases on one kernel in a folder of its own, each with the debugger attached anew."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.addClassCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        cls.folder = Path(folder.name).resolve()
        cls.write_modules()
        cls.kernel = DebuggingFrontEnd()

    @classmethod
    def write_modules(cls):
        (cls.folder / "bench.ts").write_text(MODULE)
        (cls.folder / "other.ts").write_text(OTHER)

    def setUp(self):
        self.capabilities = self.kernel.attach()
        self.addCleanup(self.kernel.debug, "disconnect")

    def hits(self, code, **expected):
        """Runs a cell that stops at these lines, in this order; `None` for the path is the cell's."""
        running = self.kernel.start(code)
        stops = []
        for _ in expected["stops"]:
            _, frames = self.kernel.next_stop()
            stops.append((frames[0]["source"]["path"], frames[0]["line"]))
            self.kernel.go_on()
        path = self.kernel.dump(code)
        wanted = [(path if file is None else str(file), line) for file, line in expected["stops"]]
        self.assertEqual(stops, wanted)
        exchange = self.kernel.finish(running)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        return exchange

    def in_cell(self, code, breakpoints, stops, at=None):
        """Breakpoints of a cell are put at the lines `at`, and its stops are at these lines."""
        self.assertEqual(self.kernel.break_in(code, *breakpoints), at or breakpoints)
        return self.hits(code, stops=[(None, line) for line in stops])


class BreakpointsTest(DebuggerCase):
    """Twenty breakpoints, in cells and in modules beside the notebook."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kernel.execute("let total = 3; const earlier = 4")

    def test_in_a_loop(self):
        self.assertEqual(self.in_cell(LOOP, [3, 5], [3, 3, 3, 5]).result, "3")

    def test_after_awaits_and_in_an_async_function(self):
        self.assertEqual(self.in_cell(ASYNC, [4, 7], [4, 7]).result, "14")

    def test_in_an_arrow_function(self):
        self.in_cell(ARROWS, [2, 4], [2, 4, 4])

    def test_after_a_magic(self):
        self.assertEqual(self.in_cell(MAGIC, [3, 4], [3, 4]).result, "6")

    def test_in_statements_of_several_lines_and_where_no_code_is(self):
        self.in_cell(LINES, [3, 5, 8], [3, 5, 5, 10], at=[3, 5, 10])

    def test_in_a_function_that_a_later_cell_calls(self):
        self.ok(DEFINES)
        self.assertEqual(self.kernel.break_in(DEFINES, 4), [4])
        path = self.kernel.dump(DEFINES)
        self.assertEqual(self.hits(CALLS, stops=[(path, 4)]).result, "'big'")

    def test_in_modules_beside_the_notebook(self):
        bench, other = self.folder / "bench.ts", self.folder / "other.ts"
        found = self.kernel.set_breakpoints(str(bench), 5, 13, 20)
        self.assertEqual([each["line"] for each in found], [7, 13, 20])
        self.assertTrue(all(each["verified"] for each in found), found)
        self.kernel.set_breakpoints(str(other), 5)
        self.assertEqual(self.kernel.break_in(IMPORTS, 6), [6])
        stops = [(bench, 20), (bench, 7), (bench, 13), (other, 5), (None, 6)]
        self.assertEqual(self.hits(IMPORTS, stops=stops).result, "[ 3, '4/', 3 ]")
        # The same module again: its script is there now, and so are its breakpoints.
        self.kernel.set_breakpoints(str(other))
        again = "const again = add({ a: 2, b: 2 });\nagain"
        self.assertEqual(self.hits(again, stops=[(bench, 7)]).result, "4")

    def test_in_try_catch_finally_and_switch(self):
        self.in_cell(THROWS, [4, 6, 10], [4, 6, 10])

    def test_in_a_generator_a_constructor_and_a_getter(self):
        self.in_cell(GENERATOR, [3, 8, 11], [3, 8, 11, 8, 11])

    def test_on_a_condition(self):
        code = "const limit = 2;\nfor (let n = 0; n < 5; n++) {\n  total += n * limit;\n}\n0"
        conditional = {"line": 3, "condition": "n === earlier || n > limit && n < 4"}
        self.assertEqual(self.kernel.break_in(code, conditional), [3])
        running = self.kernel.start(code)
        found = []
        for _ in range(2):
            self.kernel.next_stop()
            found.append(self.kernel.shown("Locals")["n"])
            self.kernel.go_on()
        self.assertEqual(found, ["3", "4"])
        self.assertEqual(self.kernel.finish(running).content["status"], "ok")


if __name__ == "__main__":
    unittest.main()
