import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPython } from '../../../../test/support/python';

/** Where the models lie. */
export const folder = mkdtempSync(join(tmpdir(), 'halfnote-onnx-'));
export const at = (name: string): string => join(folder, name);

const PRELUDE = `
import json, os, numpy as np, onnx, onnxruntime as ort
from onnx import TensorProto as T, helper as h, numpy_helper
np.seterr(all='ignore')
os.chdir(${JSON.stringify(folder)})
rng = np.random.default_rng(3)

def save(name, nodes, inputs, outputs, weights, opset=17, domains=()):
    inits = [numpy_helper.from_array(np.asarray(v), k) for k, v in weights.items()]
    value = lambda n, s, t=T.FLOAT: h.make_tensor_value_info(n, t, s)
    graph = h.make_graph(nodes, name, [value(*i) for i in inputs], [value(*o) for o in outputs], inits)
    ids = [h.make_opsetid('', opset), *(h.make_opsetid(d, 1) for d in domains)]
    onnx.save(h.make_model(graph, opset_imports=ids, ir_version=8), name + '.onnx')

def session(name):
    o = ort.SessionOptions(); o.log_severity_level = 4
    return ort.InferenceSession(name + '.onnx', o, providers=['CPUExecutionProvider'])

def run(name, x):
    s = session(name)
    return s.run(None, {s.get_inputs()[0].name: x})

def normal(*shape, scale=1.0):
    return (rng.standard_normal(shape) * scale).astype(np.float32)
`;

/** Runs Python in the folder of the models; gives what the script printed, as JSON. */
export function python(script: string): unknown {
  const line =
    runPython(PRELUDE + script)
      .toString()
      .trim()
      .split('\n')
      .at(-1) ?? '';
  return line === '' ? undefined : (JSON.parse(line) as unknown);
}

/** A residual network as PyTorch writes one, and a tower of dense products; examples beside them. */
export function makeModels(): void {
  python(`
conv = lambda i, o, k: normal(o, i, k, k, scale=(2 / (i * k * k)) ** 0.5)
bn = lambda p, c: {p + '_g': 1 + normal(c, scale=.1), p + '_b': normal(c, scale=.2), p + '_m': normal(c, scale=.2), p + '_v': np.abs(1 + normal(c, scale=.2))}
save('cnn', [
    h.make_node('Conv', ['x', 'w1', 'b1'], ['c1'], 'first', pads=[1] * 4),
    h.make_node('BatchNormalization', ['c1', 'n_g', 'n_b', 'n_m', 'n_v'], ['n1'], 'norm'),
    h.make_node('Relu', ['n1'], ['r1']),
    h.make_node('MaxPool', ['r1'], ['p1'], kernel_shape=[2, 2], strides=[2, 2]),
    h.make_node('Identity', ['w2'], ['w2_same']),
    h.make_node('Conv', ['p1', 'w2_same'], ['c2'], 'second', pads=[1] * 4),
    h.make_node('Clip', ['c2', 'zero', 'six'], ['k2']),
    h.make_node('Conv', ['k2', 'w3', 'b3'], ['c3'], 'third', pads=[1] * 4, group=8),
    h.make_node('Add', ['c3', 'p1'], ['a3']),
    h.make_node('Relu', ['a3'], ['r3']),
    h.make_node('Conv', ['r3', 'w4'], ['c4'], 'fourth'),
    h.make_node('GlobalAveragePool', ['c4'], ['g']),
    h.make_node('Flatten', ['g'], ['f']),
    h.make_node('Gemm', ['f', 'w5', 'b5'], ['y'], 'head', transB=1)],
    [('x', ['batch', 3, 16, 16])], [('y', ['batch', 10])],
    {'w1': conv(3, 8, 3), 'b1': normal(8, scale=.1), **bn('n', 8), 'w2': conv(8, 8, 3), 'zero': np.float32(0), 'six': np.float32(6),
     'w3': conv(1, 8, 3), 'b3': normal(8, scale=.1), 'w4': conv(8, 12, 1), 'w5': normal(10, 12, scale=.3), 'b5': normal(10, scale=.1)})
weights = {'w1': normal(64, 48, scale=.2), 'b1': normal(48, scale=.1), 'w2': normal(48, 48, scale=.2), 'w3': normal(32, 48, scale=.2)}
weights['outlier'] = np.ones(64, np.float32)
weights['b1'][3] = 4000
save('dense', [
    h.make_node('MatMul', ['x', 'w1'], ['m1'], 'first'), h.make_node('Add', ['m1', 'b1'], ['a1']), h.make_node('Tanh', ['a1'], ['t1']),
    h.make_node('MatMul', ['t1', 'w2'], ['m2'], 'second'), h.make_node('Transpose', ['m2'], ['m2t'], perm=[0, 2, 1]),
    h.make_node('MatMul', ['m2', 'm2t'], ['scores'], 'attention'), h.make_node('Softmax', ['scores'], ['soft']),
    h.make_node('MatMul', ['soft', 'm2'], ['mixed'], 'values'),
    h.make_node('Transpose', ['w3'], ['w3t'], perm=[1, 0]), h.make_node('MatMul', ['mixed', 'w3t'], ['y'], 'last')],
    [('x', ['batch', 5, 64])], [('y', ['batch', 5, 32])], weights)
for name, shape in {'cnn': (3, 16, 16), 'dense': (5, 64)}.items():
    np.save(name + '_calibrate', normal(64, *shape)); np.save(name + '_held', normal(32, *shape))
`);
}

/** What ONNX's checker says of a file that we wrote, and what Python's ONNX Runtime computes of `held`. */
export function judged(file: string, held: string): { readonly sqnrDb: number } {
  return python(`
onnx.checker.check_model(onnx.load('${file}.onnx'), full_check=True)
x = np.load('${held}_held.npy')
a, b = run('${held}', x)[0].astype(np.float64), run('${file}', x)[0]
print(json.dumps({'sqnrDb': float(10 * np.log10((a ** 2).sum() / ((a - b) ** 2).sum()))}))
`) as { readonly sqnrDb: number };
}

/** The same of ONNX Runtime's own quantizer, with the same examples: QDQ, per channel, min-max. */
export function theirs(name: string, reduceRange: boolean): number {
  return python(`
import logging; logging.disable(logging.WARNING)
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
class Reader(CalibrationDataReader):
    def __init__(self): self.one = iter([{'x': np.load('${name}_calibrate.npy')}])
    def get_next(self): return next(self.one, None)
quant_pre_process('${name}.onnx', '${name}_processed.onnx', skip_symbolic_shape=True)
quantize_static('${name}_processed.onnx', '${name}_theirs.onnx', Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
    reduce_range=${reduceRange ? 'True' : 'False'}, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
x = np.load('${name}_held.npy')
a, b = run('${name}', x)[0].astype(np.float64), run('${name}_theirs', x)[0]
print(json.dumps(float(10 * np.log10((a ** 2).sum() / ((a - b) ** 2).sum()))))
`) as number;
}
