import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { float } from './attribute';
import { MICROSOFT, OnnxBuilder } from './builder';
import { float32Tensor, int4Tensor, int64Tensor } from './tensor';

const INFO = { opset: 21, producerVersion: '1.2.3', metadata: { 'halfnote.format': 'fp32' } };
const decoded = (builder: OnnxBuilder): onnx.ModelProto =>
  onnx.ModelProto.decode(builder.finish('toy', INFO));

describe('OnnxBuilder', () => {
  it('writes the header, the metadata and an import for each domain', () => {
    const builder = new OnnxBuilder();
    const x = builder.input('x', 'float32', ['batch', 4]);
    const [y = ''] = builder.node('a', 'FusedGemm', [x], { domain: MICROSOFT });
    builder.output('y', y, 'float32', ['batch', 4]);
    const model = decoded(builder);
    expect(model.producerName).toBe('halfnote');
    expect(model.producerVersion).toBe('1.2.3');
    expect(Number(model.irVersion)).toBe(10);
    expect(model.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([
      ['', 21],
      ['com.microsoft', 1],
    ]);
    expect(model.metadataProps).toMatchObject([{ key: 'halfnote.format', value: 'fp32' }]);
    expect(model.graph?.input?.[0]?.type?.tensorType?.shape?.dim).toMatchObject([
      { dimParam: 'batch' },
      { dimValue: expect.anything() as unknown },
    ]);
  });

  it('calls an output by its name, and every node by one of its own', () => {
    const builder = new OnnxBuilder();
    const x = builder.input('x', 'float32', ['batch']);
    const [a = ''] = builder.node('layer', 'Relu', [x]);
    const [b = ''] = builder.node('layer', 'Relu', [a]);
    builder.output('a', a, 'float32', ['batch']);
    builder.output('again', a, 'float32', ['batch']);
    builder.output('b', b, 'float32', ['batch']);
    builder.output('x', x, 'float32', ['batch']);
    const { node = [], output = [] } = decoded(builder).graph ?? {};
    expect(output?.map(({ name }) => name)).toEqual(['a', 'again', 'b', 'x_1']);
    expect(node?.map((one) => [one.name, one.input, one.output])).toEqual([
      ['layer/Relu', ['x'], ['a']],
      ['layer/Relu_1', ['a'], ['b']],
      ['again/Identity', ['a'], ['again']],
      ['x_1/Identity', ['x'], ['x_1']],
    ]);
  });

  it('writes small constants once, and drops absent inputs at the end', () => {
    const builder = new OnnxBuilder();
    const names = [1, 2].map((i) => builder.constant(`axes${i}`, int64Tensor([1, 2])));
    expect(names).toEqual(['axes1', 'axes1']);
    builder.constant('other', float32Tensor([1, 2], [2]));
    builder.node('a', 'Clip', ['x', '', 'max']);
    builder.node('b', 'Clip', ['x', '', '']);
    const { node = [], initializer = [] } = decoded(builder).graph ?? {};
    expect(initializer?.map(({ name }) => name)).toEqual(['axes1', 'other']);
    expect(node?.map(({ input }) => input)).toEqual([['x', '', 'max'], ['x']]);
  });

  it('tells integers from floats in attributes', () => {
    const builder = new OnnxBuilder();
    const attributes = { axis: -1, alpha: float(1), pads: [0, 1], mode: 'linear' };
    builder.node('a', 'Op', [], { attributes });
    const [node] = decoded(builder).graph?.node ?? [];
    const { INT, FLOAT, INTS, STRING } = onnx.AttributeProto.AttributeType;
    expect(node?.attribute?.map(({ type }) => type)).toEqual([INT, FLOAT, INTS, STRING]);
    expect(Number(node?.attribute?.[0]?.i)).toBe(-1);
  });
});

describe('int4Tensor', () => {
  it('puts the first code in the low half of a byte, in two’s complement', () => {
    expect([...int4Tensor(Int8Array.of(-1, 7, -8), [3]).bytes]).toEqual([0x7f, 0x08]);
  });
});
