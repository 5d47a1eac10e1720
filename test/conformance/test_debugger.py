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



STEPS = """\
function inner(x: number): number {
  const y = x + 1;
  return y;
}
const before = 1;
const first = inner(before);
const second = inner(first);
[first, second]"""

SHADOWS = """\
const word: string = 'outer';
const list = [1, 2, { deep: true }];
const map = new Map([['a', 1]]);
function look(word: number) {
  const local = { word, nested: { big: 12n } };
  for (const each of list) {
    const inLoop = each;
    void inLoop;
  }
  return () => local.word + word;
}
look(3)()"""


class StepsTest(DebuggerCase):
    """Steps, frames and values of a cell that stands still."""

    def stop_in(self, code, *lines):
        self.path = self.kernel.dump(code)
        self.kernel.set_breakpoints(self.path, *lines)
        running = self.kernel.start(code)
        self.kernel.next_stop()
        return running

    def step(self, kind):
        self.kernel.debug(kind, threadId=1)
        reason, frames = self.kernel.next_stop()
        return reason, [(frame["name"], frame["line"]) for frame in frames]

    def end(self, running):
        self.kernel.set_breakpoints(self.path)
        self.kernel.go_on()
        exchange = self.kernel.finish(running)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        return exchange

    def test_steps_over_into_and_out_of_functions(self):
        running = self.stop_in(STEPS, 5)
        cell = self.kernel.frames()[0]["name"]
        self.assertRegex(cell, r"^cell\[\d+\]$")
        self.assertEqual(self.step("next"), ("step", [(cell, 6)]))
        self.assertEqual(self.step("stepIn"), ("step", [("inner", 2), (cell, 6)]))
        self.assertEqual(self.step("next"), ("step", [("inner", 3), (cell, 6)]))
        # Nothing is left to do of line 6.
        self.assertEqual(self.step("stepOut"), ("step", [(cell, 7)]))
        self.assertEqual(self.step("next"), ("step", [(cell, 8)]))
        # Behind the last line there is nothing to stop at.
        self.kernel.debug("next", threadId=1)
        self.assertEqual(self.kernel.finish(running).result, "[ 2, 3 ]")

    def test_steps_over_an_await(self):
        running = self.stop_in(ASYNC, 3)
        self.assertEqual(self.step("next")[1][0][1], 4)
        self.assertEqual(self.step("next")[1][0][1], 9)
        self.assertEqual(self.end(running).result, "14")

    def test_shows_scopes_by_the_names_that_the_user_gave(self):
        self.ok("const notebookOnly = new Float32Array([1, 2]); let counter = 1;")
        running = self.stop_in(SHADOWS, 8)
        frame, outside = self.kernel.frames()
        local = self.kernel.shown("Locals", frame)
        self.assertEqual(local["inLoop"], "1")
        self.assertEqual(local["word"], "3")
        self.assertIn("word: 3", local["local"])
        self.assertFalse([name for name in local if name.startswith("__")], local)
        around = self.kernel.shown("Closure", frame)
        self.assertFalse(
            set(around) & {"require", "module", "exports", "__halfnote", "__cells"}, around
        )
        cell = self.kernel.shown("Locals", outside)
        self.assertEqual(cell["word"], '"outer"')
        notebook = self.kernel.shown("Notebook")
        self.assertIn("Float32Array fp32 [2]", notebook["notebookOnly"])
        self.end(running)

    def test_opens_what_is_within_a_value(self):
        running = self.stop_in(SHADOWS, 8)
        frame, _ = self.kernel.frames()
        reference = self.kernel.variables("Locals", frame)["local"]["variablesReference"]
        inside = self.open(reference)
        self.assertEqual(inside["word"]["value"], "3")
        self.assertEqual(inside["nested"]["evaluateName"], "local.nested")
        nested = self.open(inside["nested"]["variablesReference"])
        self.assertEqual((nested["big"]["value"], nested["big"]["type"]), ("12n", "bigint"))
        listed = self.kernel.debug("evaluate", expression="[...list, ...new Array(200)]", frameId=1)
        members = self.open(listed["variablesReference"])
        self.assertEqual(len(members), 101)
        self.assertEqual(members["…"]["value"], "103 more")
        some = self.kernel.debug(
            "variables", variablesReference=listed["variablesReference"], start=1, count=2
        )["variables"]
        self.assertEqual([each["name"] for each in some[:2]], ["1", "2"])
        self.end(running)
        answer = self.kernel.debug_answer("variables", variablesReference=reference)
        self.assertFalse(answer["success"])
        self.assertIn("variablesReference", answer["message"])

    def open(self, reference):
        variables = self.kernel.debug("variables", variablesReference=reference)["variables"]
        return {each["name"]: each for each in variables}

    def test_evaluates_in_a_frame_and_in_the_notebook(self):
        self.ok("let shared = 10; const fixed = 1")
        running = self.stop_in(SHADOWS, 8)
        for expression, frame, value in [
            ("word * 2", 1, "6"),
            ("word + shared", 1, "13"),
            ("word.length", 2, "5"),
            ("shared += word", 1, "13"),
            ("list.map((x) => typeof x)", 1, '["number", "number", "object"]'),
        ]:
            found = self.kernel.debug("evaluate", expression=expression, frameId=frame)
            self.assertEqual(found["result"], value, expression)
        for expression, why in [
            ("absent", "ReferenceError: absent is not defined"),
            ("1 +", "SyntaxError"),
            ("fixed = 2", "TypeError"),
        ]:
            answer = self.kernel.debug_answer("evaluate", expression=expression, frameId=1)
            self.assertFalse(answer["success"], answer)
            self.assertIn(why, answer["message"])
        self.end(running)
        self.assertEqual(self.kernel.debug("evaluate", expression="shared")["result"], "13")
        self.assertEqual(
            self.kernel.debug("evaluate", expression="await Promise.resolve(shared)")["result"], "13"
        )
        self.assertEqual(self.ok("shared").result, "13")

    def test_shows_the_notebook_while_nothing_is_stopped(self):
        self.ok("const shownText = 'text'; const rows = [{ a: 1 }, { a: 2 }]; class Own {}")
        variables = self.kernel.debug("inspectVariables")["variables"]
        by_name = {each["name"]: each for each in variables}
        self.assertEqual(by_name["shownText"]["value"], "\"text\"")
        self.assertNotEqual(by_name["rows"]["variablesReference"], 0)
        rich = self.kernel.debug("richInspectVariables", variableName="rows")["data"]
        self.assertIn("<table>", rich["text/html"])

    def test_shows_tensors_richly(self):
        self.ok("import * as tf from '@tensorflow/tfjs'; const t = tf.tensor2d([[1, 2], [3, 4]])")
        variables = self.kernel.debug("inspectVariables")["variables"]
        (found,) = [each for each in variables if each["name"] == "t"]
        self.assertEqual(found["value"], "Tensor fp32 [2, 2]")
        plain = self.kernel.debug("richInspectVariables", variableName="t")["data"]["text/plain"]
        self.assertIn("3", plain)
        code = "const sum = t.sum();\nsum.dataSync()[0]"
        running = self.stop_in(code, 2)
        stopped = self.kernel.debug("richInspectVariables", variableName="sum", frameId=1)
        self.assertIn("10", stopped["data"]["text/plain"])
        self.end(running)

    def test_stops_at_exceptions_where_asked(self):
        (filtered,) = self.capabilities["exceptionBreakpointFilters"]
        code = "function fails() {\n  throw new RangeError('far');\n}\nfails();"
        self.kernel.debug("setExceptionBreakpoints", filters=[filtered["filter"]])
        running = self.kernel.start(code)
        reason, frames = self.kernel.next_stop()
        self.assertEqual((reason, frames[0]["line"], frames[0]["name"]), ("exception", 2, "fails"))
        self.kernel.go_on()
        self.assertEqual(self.kernel.finish(running).content["ename"], "RangeError")
        self.kernel.debug("setExceptionBreakpoints", filters=[])
        self.assertEqual(self.kernel.execute(code).content["ename"], "RangeError")

    def test_pauses_a_cell_that_runs_and_stops_at_debugger_statements(self):
        self.path = self.kernel.dump("")
        running = self.kernel.start("let spins = true;\nwhile (spins) {\n  Math.sqrt(2);\n}\nspins")
        self.kernel.next_output(running, "execute_input")
        self.kernel.debug("pause", threadId=1)
        reason, frames = self.kernel.next_stop()
        self.assertEqual(reason, "pause")
        self.assertIn(frames[0]["line"], (2, 3))
        self.kernel.debug("evaluate", expression="spins = false", frameId=1)
        self.assertEqual(self.end(running).result, "false")
        running = self.kernel.start("const seen = 1;\ndebugger;\nseen")
        self.assertEqual(self.kernel.stop_line(), 2)
        self.end(running)

    def test_answers_what_it_cannot_do(self):
        for command, arguments, why in [
            ("fly", {}, "expected one of"),
            ("next", {"threadId": 1}, "no cell stands at a breakpoint"),
            ("scopes", {"frameId": 1}, "no cell stands at a breakpoint"),
            ("setBreakpoints", {"breakpoints": []}, '"source" is missing'),
            ("setBreakpoints", {"source": {"path": "x"}, "breakpoints": [{"line": 0}]}, '"line" is 0'),
            ("source", {"source": {"path": "/absent/file.ts"}}, "/absent/file.ts"),
        ]:
            answer = self.kernel.debug_answer(command, **arguments)
            self.assertFalse(answer["success"], answer)
            self.assertIn(why, answer["message"])
        # JupyterLab reads these lists without a look at `success`, also when the stop is over.
        for command, arguments, name in [
            ("scopes", {"frameId": 1}, "scopes"),
            ("variables", {"variablesReference": 999}, "variables"),
            ("setBreakpoints", {"breakpoints": []}, "breakpoints"),
        ]:
            answer = self.kernel.debug_answer(command, **arguments)
            self.assertFalse(answer["success"], answer)
            self.assertEqual(answer["body"], {name: []})
        past = self.kernel.set_breakpoints(self.kernel.dump("1;\n\n"), 3)
        self.assertEqual([each["verified"] for each in past], [False])
        self.assertIn("no code at line 3", past[0]["message"])


class LifeTest(DebuggerCase):
    """How the debugger comes and goes, and with it what stands still."""

    LOOP = "for (let i = 0; ; i++) {\n  void i;\n}"

    def setUp(self):
        """Each case attaches by itself."""

    def cell_process(self):
        return int(self.ok("process.pid").result)

    def listens(self, pid):
        """Whether a process listens on a TCP port."""
        inodes = set()
        for fd in Path(f"/proc/{pid}/fd").iterdir():
            target = os.readlink(fd) if fd.is_symlink() else ""
            if target.startswith("socket:"):
                inodes.add(target[8:-1])
        rows = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
        return any(row.split()[3] == "0A" and row.split()[9] in inodes for row in rows)

    def inspected(self):
        return self.ok("(await import('node:inspector')).url()").content["status"] == "ok" and self.ok(
            "String((await import('node:inspector')).url())"
        ).result

    def test_nothing_is_attached_before_and_no_port_is_open_ever(self):
        pid = self.cell_process()
        self.assertFalse(self.listens(pid))
        info = self.kernel.debug("debugInfo")
        self.assertFalse(info["isStarted"])
        self.assertEqual(self.kernel.debug("inspectVariables")["variables"], [])
        self.assertFalse(self.kernel.debug_answer("setBreakpoints", source={"path": "x"})["success"])
        # What no debugger hears is passed over.
        self.assertEqual(self.ok("debugger; 1").result, "1")
        self.kernel.attach()
        self.assertFalse(self.listens(pid))
        self.assertEqual(self.inspected(), "'undefined'")
        self.kernel.debug("disconnect")
        self.assertEqual(self.ok("debugger; 2").result, "2")

    def test_debug_info_tells_of_breakpoints_and_stops(self):
        self.kernel.attach()
        path = self.kernel.dump(self.LOOP)
        self.kernel.set_breakpoints(path, 2)
        running = self.kernel.start(self.LOOP)
        self.kernel.next_stop()
        info = self.kernel.debug("debugInfo")
        self.assertTrue(info["isStarted"])
        self.assertEqual(info["stoppedThreads"], [1])
        self.assertEqual(info["breakpoints"], [{"source": path, "breakpoints": [{"line": 2}]}])
        self.assertTrue(path.startswith(info["tmpFilePrefix"]))
        self.assertEqual(self.kernel.debug("source", source={"path": path})["content"], self.LOOP)
        self.kernel.request("interrupt_request", channel="control")
        self.assertEqual(self.kernel.finish(running).content["status"], "error")
        self.kernel.debug("disconnect")

    def test_an_interrupt_ends_a_cell_that_stands_still(self):
        self.kernel.attach()
        codes = {
            "synchronous": self.LOOP,
            "asynchronous": "await null;\nlet after = 0;\nafter = 1;\nafter = 2;",
        }
        for name, code in codes.items():
            with self.subTest(name):
                self.kernel.break_in(code, 2)
                running = self.kernel.start(code)
                self.assertEqual(self.kernel.stop_line(), 2)
                self.kernel.request("interrupt_request", channel="control")
                self.assertEqual(self.kernel.finish(running).content["ename"], "Interrupted")
                self.kernel.next_event("continued")
                self.assertEqual(self.ok("6 * 7").result, "42")
        self.kernel.debug("disconnect")

    def test_disconnecting_lets_a_cell_go_on(self):
        self.kernel.attach()
        code = "let sum = 0;\nfor (const n of [1, 2, 3]) {\n  sum += n;\n}\nsum"
        self.kernel.break_in(code, 3)
        running = self.kernel.start(code)
        self.kernel.next_stop()
        self.kernel.debug("disconnect")
        self.assertEqual(self.kernel.finish(running).result, "6")
        # And nothing stops the next one.
        self.assertEqual(self.ok(code).result, "6")

    def test_breakpoints_are_there_in_a_process_that_follows(self):
        self.kernel.attach()
        code = "const inNext = 1;\ninNext + 1"
        self.kernel.break_in(code, 2)
        self.assertEqual(self.kernel.execute("process.exit(3)").content["status"], "error")
        running = self.kernel.start(code)
        self.assertEqual(self.kernel.stop_line(), 2)
        self.kernel.go_on()
        self.assertEqual(self.kernel.finish(running).result, "2")
        # One that dies while it stands still.
        running = self.kernel.start(code)
        self.kernel.next_stop()
        self.kernel.debug_answer("evaluate", expression="process.kill(process.pid, 'SIGKILL')")
        self.assertEqual(self.kernel.finish(running).content["status"], "error")
        self.kernel.next_event("continued")
        running = self.kernel.start(code)
        self.assertEqual(self.kernel.stop_line(), 2)
        self.kernel.go_on()
        self.assertEqual(self.kernel.finish(running).result, "2")
        self.kernel.debug("disconnect")

    def test_cells_that_ran_before_have_their_lines(self):
        self.ok(DEFINES)
        self.ok("import { outer } from './other'; outer([1])")
        self.kernel.attach()
        self.assertEqual(self.kernel.break_in(DEFINES, 3), [3])
        other = str(self.folder / "other.ts")
        self.kernel.set_breakpoints(other, 8)
        modules = self.kernel.debug("modules")["modules"]
        self.assertIn(other, [each["path"] for each in modules])
        running = self.kernel.start("[classify(1), outer([4])]")
        self.assertEqual(self.kernel.stop_line(), 3)
        self.kernel.go_on()
        self.assertEqual(self.kernel.stop_line(), 8)
        self.kernel.go_on()
        self.assertEqual(self.kernel.finish(running).result, "[ 'small', 4 ]")
        self.kernel.debug("disconnect")


if __name__ == "__main__":
    unittest.main()
