import { describe, expect, it } from 'vitest';
import { ONNX_FORMATS } from '../../export/onnx/options';
import { TFLITE_FORMATS } from '../../export/tflite/options';
import { TFJS_WEIGHTS } from '../../export/tfjs/weight-spec';
import { MAGICS } from '../table';
import { record, refusal } from '../recorder.fixture';

const scope = { model: 'the model', nets: { small: 'the small one' } };
const firstCall = async (cell: string): Promise<unknown> => (await record(cell, scope)).calls[0];

describe('%export', () => {
  it('saves a model as ONNX', async () => {
    expect(await firstCall('%export onnx model --to model.onnx')).toEqual({
      name: 'saveOnnx',
      args: ['model.onnx', 'the model'],
    });
    expect(
      await firstCall(
        '%export onnx nets.small --to ./out/small.onnx --format int4 --opset 22 --block-size 64 --accuracy int8',
      ),
    ).toEqual({
      name: 'saveOnnx',
      args: [
        './out/small.onnx',
        'the small one',
        { format: 'int4', opset: 22, blockSize: 64, accuracy: 'int8' },
      ],
    });
  });

  it('saves a model for TensorFlow.js', async () => {
    expect(await firstCall('%export tfjs model --to "web model" --weights uint8')).toEqual({
      name: 'saveTfjs',
      args: ['web model', 'the model', { weights: 'uint8' }],
    });
  });

  it('saves a model as TensorFlow Lite', async () => {
    expect(
      await firstCall(
        '%export tflite model --to model.tflite --format int8 --calibrate nets.small --io int8 --integers-only --batch 1 --python "/opt/my python"',
      ),
    ).toEqual({
      name: 'saveTflite',
      args: [
        'model.tflite',
        'the model',
        {
          format: 'int8',
          calibrate: 'the small one',
          io: 'int8',
          integersOnly: true,
          batch: 1,
          python: '/opt/my python',
        },
      ],
    });
    expect(await firstCall('%export tflite model --to model.tflite')).toEqual({
      name: 'saveTflite',
      args: ['model.tflite', 'the model'],
    });
  });

  it('shows what was written, or declares it', async () => {
    const after = async (line: string): Promise<string[]> => {
      const { calls } = await record(`${line}\nlet x = 1;`, scope);
      return calls.map(({ name }) => name);
    };
    expect(await after('%export onnx model --to a.onnx')).toEqual(['saveOnnx', 'display']);
    expect(await after('%export onnx model --to a.onnx --as file')).toContain('saveOnnx');
  });

  it.each([
    ['format', [...new Set([...ONNX_FORMATS, ...TFLITE_FORMATS])]],
    ['weights', Object.keys(TFJS_WEIGHTS)],
  ])('offers for --%s what there is', (name, values) => {
    const option = MAGICS.find('export')?.options.find((one) => one.name === `--${name}`);
    expect(option?.values).toEqual(values);
  });

  it('refuses options of the other target, and names that are none', () => {
    expect(refusal('%export onnx model --to m.onnx --weights uint8')).toContain(
      '--weights has no meaning with onnx',
    );
    expect(refusal('%export tfjs model --to m --block-size 32')).toContain(
      '--block-size has no meaning with tfjs',
    );
    expect(refusal('%export onnx model')).toContain('missing --to');
    expect(refusal('%export onnx model --to m --calibrate model')).toContain(
      '--calibrate has no meaning with onnx',
    );
    expect(refusal('%export tflite model --to m --format int4')).toContain(
      'tflite has no format int4',
    );
    expect(refusal('%export onnx model --to m --format dynamic')).toContain(
      'onnx has no format dynamic',
    );
    expect(refusal('%export coreml model --to m')).toContain('Allowed: onnx, tflite, tfjs');
    expect(refusal('%export onnx model --to m --format int3')).toContain('Did you mean int8?');
    expect(refusal('%export onnx model --to m --opset 13')).toContain('integer >= 21');
  });
});
