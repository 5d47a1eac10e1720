import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { HalfnoteError } from '../../errors';
import { EVERY_LAYER, inputsOf, modelOf } from '../../models/every-layer.fixture';
import { traitsOf } from '../../models/layer-traits';
import { quantize } from '../../quantization/quantize';
import { loadBackend } from '../../start';
import { saveOnnx } from './save-onnx';

loadBackend();

const folder = mkdtempSync(join(tmpdir(), 'saved-onnx-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What a file gives in ONNX Runtime, and what `predict` does. */
async function far(
  path: string,
  model: { predict(x: tf.Tensor): tf.Tensor | tf.Tensor[] },
  x: tf.Tensor,
) {
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
  const [input = ''] = session.inputNames;
  const feeds = { [input]: new Tensor('float32', Float32Array.from(x.dataSync()), x.shape) };
  const [output] = Object.values(await session.run(feeds));
  await session.release();
  const actual = Float32Array.from(output?.data as Float32Array);
  const expected = (model.predict(x) as tf.Tensor).dataSync();
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((y, i) => Math.abs(y - (actual[i] ?? NaN)))) / largest;
}

/** By the largest value: of rounding in fp32, in fp16, and to codes one step apart. */
const MOST = { fp32: 1e-5, fp16: 0.01, static: 0.06, dynamic: 0.02, 'weight-only': 0.03 } as const;

/** These forms write nothing else around a layer than the others do: tried where there is a product. */
const OF_PRODUCTS = ['dynamic', 'weight-only'];

/** What is no fault of a model of one layer. */
const SAID = /'it' stays in fp32: (ONNX Runtime ends|its mean is taken away|it squares its input)/;

describe('a file that saveOnnx writes', () => {
  test.each(Object.entries(EVERY_LAYER))(
    'gives what the model does in every form, or is refused by name: %s',
    async (name, kind) => {
      const model = modelOf(name, kind);
      const x = inputsOf(kind);
      for (const [form, most] of Object.entries(MOST)) {
        if (OF_PRODUCTS.includes(form) && traitsOf(name).product === undefined) continue;
        const path = join(folder, `${model.name}-${form}.onnx`);
        const isFloat = form === 'fp32' || form === 'fp16';
        const source = isFloat
          ? model
          : await quantize(
              model,
              form === 'static' ? { calibrate: x } : { mode: form as 'dynamic' },
            );
        try {
          const { summary } = await saveOnnx(path, source, isFloat ? { format: form } : {});
          expect(
            summary.notes.filter((note) => !SAID.test(note)),
            form,
          ).toEqual([]);
          expect(await far(path, source, x), form).toBeLessThan(most);
        } catch (error) {
          if (!(error instanceof HalfnoteError && error.code === 'onnx-unsupported')) throw error;
          expect(error.message).toContain("'it'");
        }
        if (source !== model) source.dispose();
      }
    },
  );
});
