/** Tests of tfjs-core that may fail on our backend, each with the reason. */
export const EXCEPTIONS = [
  {
    test: 'depthwiseConv2d gradients test-tensorflow {} throws error on dilations > 1',
    reason:
      "an error is thrown, as wanted, but where TensorFlow's depthwise kernel has no dilations, as on some CPUs, it is TensorFlow's, from the forward pass: stock tfjs-node does the same there",
  },
];
