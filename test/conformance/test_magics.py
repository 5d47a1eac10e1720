"""Magics in the live kernel: what they leave behind for the cells that follow."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from client import FrontEnd


ROOT = Path(__file__).parents[2]
EXAMPLES = """
const { MAGICS } = require('./kernel/dist/magics/table.js');
console.log(JSON.stringify(MAGICS.all.flatMap(({ examples }) => examples.map(({ code }) => code))));
"""
# What the examples speak of.
SETTING = """
import * as tf from '@tensorflow/tfjs';
import { CharacterVocabulary, positionEmbedding, transformerBlock } from 'halfnote';
const layers = [32, 32, 32].map((units, i) => tf.layers.dense({ units, activation: 'relu', name: `dense_${i + 1}`, ...(i === 0 && { inputShape: [32] }) }));
const classifier = tf.sequential({ layers: [...layers, tf.layers.dense({ units: 3, activation: 'softmax', name: 'head' })] });
classifier.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
// Three classes so far apart that 8 bits lose none of them.
const labels = tf.tensor1d(Array.from({ length: 256 }, (_, i) => i % 3), 'int32'), y = tf.oneHot(labels, 3);
const x = tf.add(tf.randomNormal([256, 32], 0, 1, 'float32', 1), tf.mul(6, tf.oneHot(labels, 32)));
await classifier.fit(x, y, { epochs: 20, verbose: 0 });
const [xTrain, xTest, yTest] = [x, x, y];
const weights = classifier.getWeights()[0];
const a = tf.ones([8, 8]), b = tf.ones([8, 8]);
const heldOut = 'to be or not to be, that is the question. '.repeat(8);
const vocabulary = new CharacterVocabulary(heldOut);
const tokens = tf.input({ shape: [16], dtype: 'int32' });
const embedded = tf.layers.embedding({ inputDim: vocabulary.size, outputDim: 16 }).apply(tokens) as tf.SymbolicTensor;
const placed = positionEmbedding({ maxLength: 16 }).apply(embedded) as tf.SymbolicTensor;
const logits = tf.layers.dense({ units: vocabulary.size }).apply(transformerBlock(placed, { numHeads: 2, causal: true }));
const speaker = tf.model({ inputs: tokens, outputs: logits as tf.SymbolicTensor });
let model: tf.LayersModel = classifier;
"""
HOURS = """
import { writeFileSync } from 'node:fs';
writeFileSync('hours.csv', 'time,gramsPerKWh\\n2026-03-01T12:00Z,20\\n2026-03-01T13:00Z,30\\n2026-03-01T14:00Z,50\\n');
"""
DETECTOR = """
const { exportOnnx, loadOnnx } = await import('halfnote');
const detector = await loadOnnx(exportOnnx(model)), images = x;
"""
# What some of them need to have happened.
BEFORE = {
    "%qat convert student --as small": "student.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });\nawait student.fit(x, y, { epochs: 1, verbose: 0 });",
    "%whatif run --from FRA --hours hours.csv --price 0.25 --currency EUR": HOURS
    + "const { measureEnergy } = await import('halfnote');\nconst run = await measureEnergy('run', () => model.predict(x));",
    "%whatif run --precision comparison --format fp32": "const { compare } = await import('halfnote');\nconst comparison = await compare(model, { formats: ['fp32', 'bf16'], data: { x } });",
    "%cost detector --data images": DETECTOR,
    "%explain detector --data images": DETECTOR,
    "%kvcache decoder --sequence 8192": """
const halfnote = await import('halfnote');
const decoder = await halfnote.loadOnnx(halfnote.exportOnnx(
    halfnote.buildDecoder({ vocabSize: 8, width: 8, layers: 1, heads: 2, ffWidth: 8, maxLength: 8 })));
""",
    "%save result paper/layers.tex": "const { layerSensitivity } = await import('halfnote');\nconst result = await layerSensitivity(model, { data: { x }, formats: ['int8'] });",
    "%gradients show --against scaled": """
await model.fit(x, y, { epochs: 1, verbose: 0 });
%gradients show --as scaled
%gradients on
await model.fit(x, y, { epochs: 1, verbose: 0 });
""",
    "%graph small --color error": "const { quantize } = await import('halfnote');\nconst small = await quantize(model, { weights: 'int8' });",
    "%npm install": '%%writefile package.json\n{ "dependencies": {} }',
}
LEFT_OUT = {
    "%%measure\nmodel.predict(x)": "takes all of its budget, minutes, where the machine is busy; the others end sooner",
    "%npm install lodash @types/lodash": "needs a network",
    "%export tflite model --to model.tflite --format int8 --calibrate x.slice(0, 100)": "the suite tflite has it",
    "%precision fp16 --native": "is an error where the hardware has no fp16, as it says",
    "%reset": "would end the setting",
    "%load model.ts": "needs the file, and has a case of its own",
    "%time const y = model.predict(x)": "declares a name of the setting anew, with another value",
}


# What judges run in, where the kernel runs in another Node.js.
NODE = os.environ.get("HALFNOTE_JUDGES_NODE", "node")
# A busy machine uses up the minute that an example gives itself, and then has to end.
LONGEST = 180


class ExamplesTest(unittest.TestCase):
    """The examples of the magics' help, one after the other in one kernel."""

    def test_examples_pass_without_a_word_on_stderr_and_read_well_untrusted(self):
        shown = []
        command = [NODE, "-e", EXAMPLES]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        with tempfile.TemporaryDirectory() as folder:
            before = os.getcwd()
            os.chdir(folder)
            try:
                kernel = FrontEnd()
            finally:
                os.chdir(before)
            try:
                kernel.timeout = LONGEST
                self.run_without_a_word(kernel, SETTING)
                for code in json.loads(listed.stdout):
                    if code in LEFT_OUT:
                        print(f"    {code}: left out, {LEFT_OUT[code]}", flush=True)
                        continue
                    with self.subTest(code):
                        kind = "speaker" if code.startswith("%kvcache") else "classifier"
                        self.run_without_a_word(kernel, f"model = {kind};")
                        if code in BEFORE:
                            self.run_without_a_word(kernel, BEFORE[code])
                        exchange = self.run_without_a_word(kernel, code)
                        for kind in ["display_data", "update_display_data", "execute_result"]:
                            shown += [{"name": code, "data": c["data"]} for c in exchange.of(kind)]
            finally:
                kernel.close()
            outputs = Path(folder, "outputs.json")
            outputs.write_text(json.dumps(shown), encoding="utf8")
            self.judge_untrusted(outputs)

    def judge_untrusted(self, outputs):
        """Every view that a magic shows, as a front end that trusts nobody has it."""
        judge = ROOT / "test/conformance/untrusted.mjs"
        judged = subprocess.run([NODE, judge, outputs], capture_output=True, text=True)
        self.assertEqual(judged.returncode, 0, judged.stderr)
        *faults, count = judged.stdout.splitlines()
        self.assertEqual(faults, [])
        self.assertGreater(int(count.split()[0]), 30)

    def run_without_a_word(self, kernel, code):
        exchange = kernel.execute(code)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        self.assertEqual(exchange.text("stderr"), "", code)
        return exchange


class MagicTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        before = os.getcwd()
        # The kernel starts in the folder of its notebook.
        os.chdir(cls.folder.name)
        try:
            cls.kernel = FrontEnd()
        finally:
            os.chdir(before)

    @classmethod
    def tearDownClass(cls):
        cls.kernel.close()
        cls.folder.cleanup()

    def ok(self, code):
        exchange = self.kernel.execute(code)
        self.assertEqual(exchange.content["status"], "ok", exchange.content)
        return exchange

    def error(self, code):
        exchange = self.kernel.execute(code)
        self.assertEqual(exchange.content["status"], "error", exchange.content)
        return "\n".join(exchange.content["traceback"])

    def test_timeit(self):
        result = self.ok("%timeit -n 5 -r 2 [1, 2].map(String)").result
        self.assertRegex(result, r"per loop \(mean ± sd of 2 runs, 5 loops each\); best ")
        self.assertRegex(
            self.ok("%timeit -n 2 -r 1 await Promise.resolve(1)").result, "1 run, 2 loops each"
        )

    def test_timeit_of_a_cell(self):
        self.ok("let setUps = 0;\nlet runs = 0;")
        result = self.ok("%%timeit -n 3 -r 2 setUps++; const by: number = 1\nruns += by;\n").result
        self.assertRegex(result, r"per loop \(mean ± sd of 2 runs, 3 loops each\); best ")
        # Once more to warm up.
        self.assertEqual(self.ok("[setUps, runs].join()").result, "'1,7'")
        self.assertIn("Cannot find name 'by'", self.error("by"))
        wrong = self.error("%%timeit const by = 1\nconst s: string = by;")
        self.assertIn("Type 'number' is not assignable to type 'string'", wrong)
        self.assertIn("const s: string = by;", wrong)

    def test_timeit_frees_tensors(self):
        self.ok("import * as tfOfTimeit from '@tensorflow/tfjs';\nconst one = tfOfTimeit.ones([2]);")
        before = self.ok("tfOfTimeit.memory().numTensors").result
        self.ok("%timeit -n 20 -r 2 tfOfTimeit.add(one, 1)")
        self.assertEqual(self.ok("tfOfTimeit.memory().numTensors").result, before)

    def test_who_and_reset(self):
        self.ok("import * as tf from '@tensorflow/tfjs';\nconst big = tf.zeros([2, 3]);\ninterface Point { x: number }")
        listed = self.ok("%who").result
        self.assertRegex(listed, r"big +Tensor float32 +\[2, 3\]")
        self.assertRegex(listed, r"tf +module")
        self.assertRegex(self.ok("%reset\nconst kept = 7;").of("display_data")[0]["data"]["text/plain"], r"^Forgot \d+ variables, and freed \d+ tensors?\.")
        self.assertIn("Cannot find name 'big'", self.error("big"))
        self.assertIn("Cannot find name 'Point'", self.error("const p: Point = { x: 1 };"))
        self.assertEqual(self.ok("kept").result, "7")
        self.assertEqual(self.ok("const big = 'again';\nbig").result, "'again'")

    def test_env(self):
        self.ok("%env HALFNOTE_MAGIC=a b")
        self.assertEqual(self.ok("process.env.HALFNOTE_MAGIC").result, "'a b'")
        self.assertIn("%env HALFNOTE_MAGICS=value sets it", self.error("%env HALFNOTE_MAGICS"))

    def test_writefile_import_and_load(self):
        self.ok("%%writefile greet.ts\nexport const greeting = `hi`;")
        self.assertEqual(self.ok("import { greeting } from './greet';\ngreeting").result, "'hi'")
        self.ok("%%writefile greet.ts\nexport const greeting = `hello`;")
        self.assertEqual(self.ok("import { greeting } from './greet';\ngreeting").result, "'hello'")
        self.assertEqual(
            self.ok("%load greet.ts").content["payload"],
            [
                {
                    "source": "set_next_input",
                    "text": "// %load greet.ts\nexport const greeting = `hello`;",
                    "replace": True,
                }
            ],
        )
        self.assertIn("there is no such file", self.error("%load none.ts"))

    def test_npm_install(self):
        package = Path(self.folder.name, "pack")
        package.mkdir()
        manifest = {"name": "five-pack", "version": "1.0.0", "main": "m.js", "types": "m.d.ts"}
        (package / "package.json").write_text(json.dumps(manifest))
        (package / "m.js").write_text("exports.five = 5;")
        (package / "m.d.ts").write_text("export const five: number;")
        self.assertIn("Cannot find module 'five-pack'", self.error("import { five } from 'five-pack';"))
        self.assertIn("$ npm install ./pack", self.ok("%npm install ./pack").text())
        self.assertEqual(self.ok("import { five } from 'five-pack';\nfive").result, "5")

    def test_errors_show_the_magic_line(self):
        text = self.error("const fine = 1;\n%time missing(fine)")
        self.assertIn("2 | %time missing(fine)", text)
        self.assertNotIn("import(", text)
        self.assertIn("Did you mean %timeit", self.error("%timit 1"))


if __name__ == "__main__":
    unittest.main()
