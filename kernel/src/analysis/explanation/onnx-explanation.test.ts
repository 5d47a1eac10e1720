import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { JUPYTER_DISPLAY } from '../../host';
import { castTable } from '../../precision/autocast-table';
import { setPrecision } from '../../precision/status';
import { at, python } from '../../quantization/onnx/models.fixture';
import { ensureBackend } from '../../start';
import { explainPrecision } from './explain-precision';
import { tensorflowOp, untouched } from './onnx-operators';

/** Of float32 and of float16: a layer, a sum that leaves the range of fp16, a choice of the largest. */
beforeAll(async () => {
  await ensureBackend();
  python(`
def network(name, t, weight):
    nodes = [h.make_node('MatMul', ['x', 'w1'], ['a'], 'first'), h.make_node('Add', ['a', 'b1'], ['b'], 'bias'),
        h.make_node('Relu', ['b'], ['c'], 'relu'), h.make_node('MatMul', ['c', 'w2'], ['d'], 'large'),
        h.make_node('Mul', ['d', 'small'], ['e'], 'smaller'), h.make_node('Softmax', ['e'], ['y'], 'classes'),
        h.make_node('ArgMax', ['y'], ['i'], 'choice', axis=1), h.make_node('Shape', ['i'], ['s'], 'shape')]
    save(name, nodes, [('x', ['n', 16], t)], [('y', ['n', 4], t), ('s', [2], T.INT64)],
        {k: v.astype(weight) for k, v in {'w1': normal(16, 32), 'b1': normal(32), 'w2': normal(32, 4, scale=8000.0), 'small': np.float32(1e-5)}.items()})
network('plain', T.FLOAT, np.float32)
network('halves', T.FLOAT16, np.float16)
np.save('explained', normal(8, 16))`);
});
afterEach(() => {
  setPrecision('fp32');
});

const x = (): tf.Tensor => tf.randomNormal([8, 16], 0, 1, 'float32', 5);

async function using<T>(name: string, use: (model: OnnxModel) => Promise<T>): Promise<T> {
  const model = await loadOnnx(at(`${name}.onnx`));
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

describe('explainPrecision of an ONNX model', () => {
  it('says what ONNX Runtime runs, and what the rules of autocast would give each node', async () => {
    setPrecision('fp16', { keep: 'first=fp32' });
    const explained = await using('plain', (model) =>
      explainPrecision(model, { data: { x: x() } }),
    );
    const { payload } = explained;
    expect(payload.engine).toMatch(/^ONNX Runtime \d+\.\d+\.\d+ \(CPUExecutionProvider\)$/);
    const rows = payload.nodes.map(({ name, run, format, decision }) => [
      name,
      run.format,
      run.execution,
      format,
      decision,
    ]);
    expect(rows).toEqual([
      ['first', 'fp32', 'native', 'fp32', 'kept'],
      // A constant adapts: what is added to fp32 leaves it so.
      ['bias', 'fp32', 'native', 'fp32', 'promote'],
      ['relu', 'fp32', 'native', 'fp32', 'follow'],
      ['large', 'fp32', 'native', 'fp16', 'low'],
      ['smaller', 'fp32', 'native', 'fp16', 'promote'],
      ['classes', 'fp32', 'native', 'fp32', 'fp32'],
      ['choice', 'fp32', 'native', 'fp32', 'follow'],
      ['shape', 'int64', 'native', undefined, 'untouched'],
    ]);
    expect(explained.node('first')?.causes).toContain('kept by first=fp32');
    expect(payload.kernels).toBeGreaterThan(3);
    expect(payload.runSeconds).toBeGreaterThan(0);
    const text = String(explained[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toContain('runs it in the types of its file: a policy changes TensorFlow.js only');
    expect(text).toContain('node_block_list=["large","smaller"]');
  });

  it('proposes the nodes without which a conversion to fp16 loses values', async () => {
    setPrecision('fp16');
    const { keep } = await using('plain', (model) => explainPrecision(model, { data: { x: x() } }));
    expect(keep).toEqual(['large', 'smaller']);
    // ONNX's reference rounds each value; ONNX Runtime leaves out casts between kernels that widen.
    const broken = python(`
from onnx.reference import ReferenceEvaluator
from onnxruntime.transformers.float16 import convert_float_to_float16
def finite(blocked):
    model = convert_float_to_float16(onnx.load('plain.onnx'), node_block_list=blocked)
    # As onnxconverter-common does: what is narrowed between two nodes that stay wide is left wide.
    made = {n.output[0]: n for n in model.graph.node if n.op_type == 'Cast'}
    same = {n.output[0]: made[n.input[0]].input[0] for n in made.values() if n.input[0] in made}
    for n in model.graph.node: n.input[:] = [same.get(i, i) for i in n.input]
    known, left, ordered = {'x', ''} | {i.name for i in model.graph.initializer}, list(model.graph.node), []
    while left:
        ready = [n for n in left if set(n.input) <= known]
        ordered += ready; left = [n for n in left if n not in ready]; known |= {o for n in ready for o in n.output}
    del model.graph.node[:]; model.graph.node.extend(ordered)
    return bool(np.isfinite(ReferenceEvaluator(model).run(['y'], {'x': np.load('explained.npy').astype(np.float16)})[0]).all())
print(json.dumps([finite([]), finite(${JSON.stringify(keep)})]))`);
    expect(broken).toEqual([false, true]);
  });

  it('tells where ONNX Runtime has no kernel of a file’s own type and widens', async () => {
    const explained = await using('halves', (model) =>
      explainPrecision(model, { data: { x: x() } }),
    );
    const theirs = python(`
o = ort.SessionOptions(); o.log_severity_level = 4
o.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
o.optimized_model_filepath = 'halves_as_run.onnx'
ort.InferenceSession('halves.onnx', o, providers=['CPUExecutionProvider'])
print(json.dumps(sum(n.op_type == 'Cast' for n in onnx.load('halves_as_run.onnx').graph.node)))`);
    expect(theirs).toBeGreaterThan(0);
    expect(explained.node('large')?.run).toEqual({ format: 'fp32', execution: 'simulated' });
    expect(explained.payload.casts).toBeGreaterThan(0);
  });

  it('asks ONNX Runtime for a kernel of the format', async () => {
    setPrecision('bf16');
    const bf16 = await using('plain', (model) => explainPrecision(model, { data: { x: x() } }));
    const refused = python(`
model = onnx.load('plain.onnx')
node = next(n for n in model.graph.node if n.name == 'first')
info = h.make_tensor_value_info
graph = h.make_graph([node], 'g', [info('x', T.BFLOAT16, [8, 16]), info('w1', T.BFLOAT16, [16, 32])], [info('a', T.BFLOAT16, [8, 32])])
onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid('', 17)], ir_version=8), 'alone.onnx')
try:
    session('alone'); print('false')
except Exception: print('true')`);
    expect(bf16.node('first')?.execution === 'none').toBe(refused);
    setPrecision('fp8');
    const fp8 = await using('plain', (model) => explainPrecision(model, { data: { x: x() } }));
    expect(fp8.node('first')).toMatchObject({
      format: 'E4M3 × E4M3 → bf16',
      execution: 'simulated',
    });
    expect(fp8.payload.proposals).toEqual([]);
  });

  it('proposes nothing where a model has NaN as it is, and nothing in fp32', async () => {
    setPrecision('fp16');
    const spoiled = await using('plain', (model) =>
      explainPrecision(model, { data: { x: tf.fill([2, 16], NaN) } }),
    );
    expect(spoiled.payload).toMatchObject({ broken: 'first', proposals: undefined });
    setPrecision('fp32');
    const plain = await using('plain', (model) => explainPrecision(model, { data: { x: x() } }));
    expect(plain.payload).toMatchObject({ proposals: undefined, broken: undefined });
    expect(new Set(plain.payload.nodes.map(({ format }) => format))).toEqual(
      new Set(['fp32', undefined]),
    );
  });

  it('says what data it takes', async () => {
    await using('plain', (model) => {
      const none = () => explainPrecision(model, {} as never);
      expect(none).toThrow(/data\.x must be a tensor, one per input, or tensors by the names/);
      const both = () => explainPrecision(model, { data: { x: x(), y: x() } } as never);
      expect(both).toThrow("'plain.onnx' is an ONNX model, which isn't trained here: data.y");
      return Promise.resolve();
    });
    await expect(
      using('plain', (model) => explainPrecision(model, { data: { x: tf.ones([2, 3]) } })),
    ).rejects.toThrow(/takes x \[n, 16\]/);
  });
});

describe('the rules of autocast', () => {
  it('say something of each operator of ONNX that takes floats', () => {
    const operators = python(`
def floats(s):
    allowed = {c.type_param_str: c.allowed_type_strs for c in s.type_constraints}
    return any('float' in t for i in s.inputs for t in allowed.get(i.type_str, [i.type_str]))
print(json.dumps(sorted(s.name for s in onnx.defs.get_all_schemas() if s.domain == '' and floats(s))))`) as string[];
    expect(operators.length).toBeGreaterThan(150);
    const ruled = new Set(Object.values(castTable()).flat());
    const unsaid = operators.filter(
      (operator) => !ruled.has(tensorflowOp(operator)) && untouched(operator) === undefined,
    );
    expect(unsaid).toEqual([]);
  });
});
