import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { modelCost } from '../analysis/cost/model-cost';
import { trainingMemory } from '../analysis/memory/training-memory';
import { roofline } from '../analysis/roofline/roofline';
import { throughput } from '../analysis/throughput/throughput';
import { toBundle } from '../display/display';
import { HOST, type Host } from '../host';
import { inspectValue } from '../inspection/views';
import { QUIET } from '../precision/quiet.fixture';
import { prepareQat } from '../quantization/qat/prepare';
import { quantize } from '../quantization/quantize';
import { layerSensitivity } from '../quantization/sensitivity/sensitivity';
import { loadBackend } from '../start';
import { expandCell } from './language/expand';
import { MAGICS } from './table';

const views = new Map<string, unknown>();
const variables = new Map<string, unknown>();

beforeAll(async () => {
  loadBackend();
  const network = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'first', units: 8, inputShape: [4], activation: 'relu' }),
      tf.layers.dense({ name: 'last', units: 3, activation: 'softmax' }),
    ],
  });
  network.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  const batch = tf.ones([16, 4]);
  const labels = tf.ones([16, 3]);
  const small = await quantize(network);
  const student = prepareQat(network);
  student.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  await student.fit(batch, labels, { epochs: 1, verbose: QUIET });
  for (const [name, value] of Object.entries({ network, batch, small, student }))
    variables.set(name, value);
  const seconds = 0.01;
  for (const [name, view] of Object.entries({
    summary: network,
    cost: await modelCost(network),
    memory: await trainingMemory(network, { formats: ['fp32'], measure: false }),
    roofline: await roofline(network, { formats: ['fp32'] }),
    throughput: await throughput(network, { data: { x: batch }, batchSizes: [1, 2], seconds }),
    sensitivity: await layerSensitivity(network, { data: { x: batch }, formats: ['int2'] }),
    quantized: small,
    student,
    number: inspectValue(-1e5, { formats: ['fp16', 'e5m2'] }),
  }))
    views.set(name, view);
}, 120_000);

afterEach(() => {
  Reflect.deleteProperty(globalThis, HOST);
});

function proposedBy(name: string): string | undefined {
  const text = String(toBundle(views.get(name))['text/plain']);
  return /^Next: (.*)$/m.exec(text)?.[1];
}

function asNotebook(held: ReadonlyMap<string, unknown>): void {
  const asked: Partial<Host> = { variables: () => held, throwIfInterrupted: () => undefined };
  Object.defineProperty(globalThis, HOST, { value: asked, configurable: true });
}

describe('what verdicts propose', () => {
  it.each([
    ['summary', /^%cost network$/],
    ['cost', /^%roofline network$/],
    ['memory', /^%memory network --batch 32 --optimizer adam$/],
    ['roofline', /^%roofline network --batch \d+$/],
    ['throughput', /^%throughput network --data batch --batch 1,2 --seconds 10$/],
    ['sensitivity', /^%quantize int2 network --as small/],
    ['quantized', /^%export onnx small --to small\.onnx$/],
    ['student', /^%qat convert student --as small$/],
    ['number', /^%inspect -100000 --formats fp16,e5m2 --saturate$/],
  ])('of a %s is a magic as it stands, with the names that the user gave', (name, wanted) => {
    asNotebook(variables);
    const proposed = proposedBy(name);
    expect(proposed).toMatch(wanted);
    const code = expandCell(MAGICS, proposed ?? '', (_line, problem) => {
      throw problem;
    });
    expect(String(code)).toContain("import('halfnote')");
  });

  it('is nothing where no variable holds what was looked at', () => {
    asNotebook(new Map());
    const proposed = [...views.keys()].filter((name) => proposedBy(name) !== undefined);
    expect(proposed).toEqual(['number']);
  });
});
