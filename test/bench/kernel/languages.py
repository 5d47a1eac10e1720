"""The same cells in the language of each kernel; what has no entry is not asked of that kernel."""

LINES = 5000
DISPLAYS, DISPLAY_BYTES = 50, 1_000_000

_typescript = {
    "lines": f"for (let i = 0; i < {LINES}; i++) console.log('line', i);",
    "tensor": "import * as tf from '@tensorflow/tfjs'; const tensor = tf.tensor([1, 2, 3]);",
}

CELLS = {
    "halfnote": {
        **_typescript,
        "displays": "import { display } from 'halfnote';\n"
        f"for (let i = 0; i < {DISPLAYS}; i++) "
        f"display({{'text/plain': 'x'.repeat({DISPLAY_BYTES})}});",
    },
    "tslab": {
        **_typescript,
        "displays": "import * as tslab from 'tslab';\n"
        f"for (let i = 0; i < {DISPLAYS}; i++) "
        f"tslab.display.raw('text/plain', 'x'.repeat({DISPLAY_BYTES}));",
    },
    "python3": {
        "lines": f"for i in range({LINES}): print('line', i)",
        "displays": "from IPython.display import display\n"
        f"for i in range({DISPLAYS}): "
        f"display({{'text/plain': 'x' * {DISPLAY_BYTES}}}, raw=True)",
    },
}

_go = "console.log('running');"

BUSY = f"{_go} for (;;);"

INTERRUPTED = {
    "synchronous loop": BUSY,
    "loop after an await": f"{_go} await null; for (;;);",
    "timer loop": f"{_go} for (;;) await new Promise((done) => setTimeout(done, 5));",
    "promise that never settles": f"{_go} await new Promise(() => {{}});",
    "model.fit": f"{_go} await model.fit(x, y, {{ epochs: 1e6, verbose: 0 }});",
    "matrix products": f"{_go} for (;;) tf.tidy(() => {{ tf.matMul(square, square); }});",
}

PREPARE_INTERRUPTED = """
import * as tf from '@tensorflow/tfjs';
const model = tf.sequential({ layers: [tf.layers.dense({ units: 64, inputShape: [64] }), tf.layers.dense({ units: 1 })] });
model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
const x = tf.randomNormal([256, 64]); const y = tf.randomNormal([256, 1]);
const square = tf.randomNormal([2048, 2048]);
const before = 42;
"""
