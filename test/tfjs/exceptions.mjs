/** What tfjs-node leaves out of the suite, and this backend runs all the same. */
export const RUN_ANYWAY = [
  // Dilations, which TensorFlow's depthwise kernels lack, are ours.
  'depthwiseConv2D',
];

/** Expects an error that there is no need for. */
const TRAINS_DILATED = {
  tests: ['depthwiseConv2d gradients test-tensorflow {} throws error on dilations > 1'],
  reason: 'a dilated depthwise convolution has a gradient here, where tfjs refuses one',
};

/** Tests of tfjs-core that may fail, by mode of autocast, with the reason. */
export const EXCEPTIONS = {
  off: [TRAINS_DILATED],
  bf16: [
    TRAINS_DILATED,
    {
      tests: ['expectArraysClose test-tensorflow {} similar arrays with bad epsilon'],
      reason: "it tests the suite's own comparison, which is wider here",
    },
    {
      tests: [
        'conv2dTranspose test-tensorflow {} gradient input=[1,2,2,1] f=[2,2,2,1] s=[2,2] padding=valid',
      ],
      reason:
        'eight filter values of up to 1.6 add up to 0.03: rounding them to 8 bits is more than the tolerance, which goes by the sum',
    },
  ],
  fp16: [TRAINS_DILATED],
};
