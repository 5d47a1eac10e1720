import { float32Tensor } from '../proto/tensor';
import type { Emitter, LayerScope } from '../writer/layer-scope';
import { range } from '../writer/layout';
import { imageLayout, isChannelsFirst, spatialSizes } from './convolution';
import { paddingAttributes, paddingOf } from './window';

const pool =
  (op: 'MaxPool' | 'AveragePool', dims: number): Emitter =>
  (scope) => {
    const { config } = scope;
    const layout = imageLayout(scope);
    const window = {
      kernel: config.sizes('poolSize', dims, 2),
      strides: config.sizes('strides', dims),
      dilations: new Array<number>(dims).fill(1),
      padding: paddingOf(scope),
    };
    const attributes = {
      kernel_shape: window.kernel,
      strides: window.strides,
      ...paddingAttributes(window, spatialSizes(scope)),
    };
    scope.output(scope.op(op, [scope.input(layout)], attributes), layout);
  };

/** Over all positions, in whichever layout the input is. */
const globalPool =
  (op: 'ReduceMax' | 'ReduceMean'): Emitter =>
  (scope) => {
    const layout = isChannelsFirst(scope) ? 'model' : scope.layout;
    const rank = scope.inputShape().length;
    const first = layout === 'channels-first' || isChannelsFirst(scope);
    const axes = scope.indices('axes', first ? range(2, rank) : range(1, rank - 1));
    scope.output(scope.op(op, [scope.input(layout), axes], { keepdims: 0 }));
  };

/** Repeats or interpolates each position, as TensorFlow does without half-pixel centers. */
function upSampling(scope: LayerScope): void {
  const { config } = scope;
  const layout = imageLayout(scope);
  const [height = 2, width = 2] = config.sizes('size', 2, 2);
  const scales = scope.typed('scales', float32Tensor([1, 1, height, width], [4]));
  const nearest = config.text('interpolation', 'nearest') === 'nearest';
  scope.output(
    scope.op('Resize', [scope.input(layout), '', scales], {
      mode: nearest ? 'nearest' : 'linear',
      coordinate_transformation_mode: 'asymmetric',
      ...(nearest ? { nearest_mode: 'floor' } : {}),
    }),
    layout,
  );
}

export const poolingLayers: Readonly<Record<string, Emitter>> = {
  MaxPooling1D: pool('MaxPool', 1),
  MaxPooling2D: pool('MaxPool', 2),
  MaxPooling3D: pool('MaxPool', 3),
  AveragePooling1D: pool('AveragePool', 1),
  AveragePooling2D: pool('AveragePool', 2),
  AveragePooling3D: pool('AveragePool', 3),
  GlobalMaxPooling1D: globalPool('ReduceMax'),
  GlobalMaxPooling2D: globalPool('ReduceMax'),
  GlobalAveragePooling1D: globalPool('ReduceMean'),
  GlobalAveragePooling2D: globalPool('ReduceMean'),
  UpSampling2D: upSampling,
};
