/** @typedef {{ tests: readonly string[], reason: string }} Exception how their names begin, and why */

const of = (op, tests) => tests.map((test) => `${op} test-tensorflow {} ${test}`);

const TIES = [
  '1D, ties',
  'ties, 2D, axes=-1, keepDims=false',
  'ties, 3D, axes=[1, 2], keepDims=false',
  'ties, 4D, axes=[1, 2, 3], keepDims=false',
  'ties, 4D, axes=[2, 3], keepDims=true',
];

const BAD_SEGMENTS = ['are not increasing', 'is out of range', 'is out of range and negative'];

/** Tests of tfjs-core that may fail, whatever the format, with the reason. @type {Exception[]} */
const ALWAYS = [
  {
    tests: ['depthwiseConv2d gradients test-tensorflow {} throws error on dilations > 1'],
    reason: 'a dilated depthwise convolution has a gradient here, where tfjs refuses one',
  },
  {
    tests: ['max', 'min'].flatMap((op) =>
      of(
        op,
        TIES.map((ties) => `${op} gradient: ${ties}`),
      ),
    ),
    reason:
      'equal largest values share the gradient, as in TensorFlow and PyTorch (amax); tfjs hands all of it to each',
  },
  {
    tests: of('sign', ['basic', 'does not propagate NaNs', 'accepts a tensor-like object']),
    reason: 'the sign of NaN is NaN in TensorFlow, and 0 in tfjs',
  },
  {
    tests: of('unique', ['1d tensor with NaN and Infinity']),
    reason: 'no NaN equals another in TensorFlow',
  },
  {
    tests: [
      ...of('sparseSegmentMean', [
        `throw error if segment ids ${BAD_SEGMENTS[0]}`,
        `throw error if segment id ${BAD_SEGMENTS[1]}`,
        `throw error if segment id ${BAD_SEGMENTS[2]}`,
        'throw error if segment id is negative',
        'throw error if segment id is negative and there is a hole',
      ]),
      ...of(
        'sparseSegmentSum',
        [2, 3, 4, 6, 7].map((n) => `segments invalid ${n}`),
      ),
    ],
    reason: 'TensorFlow refuses the segments in words of its own',
  },
  {
    tests: of('einsum', [
      '2d matrix calculate trace: duplicate axes',
      'nonexistent dimension throws error',
    ]),
    reason: 'TensorFlow computes what tfjs refuses',
  },
  {
    tests: of('pool', [
      'max x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding',
      'avg x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding',
    ]),
    reason: 'the first windows lie in the padding, where there is nothing to take',
  },
  {
    tests: of('avgPool', ['gradient x=[3,3,1] f=[3,3] s=1 p=explicit']),
    reason: 'an average that leaves the padding out has a gradient that leaves it out too',
  },
  {
    tests: of('avgPool3d', ['x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid']),
    reason: 'TensorFlow refuses a window that is larger than the volume',
  },
  {
    tests: of('conv2dTranspose', ['input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4']),
    reason: 'TensorFlow refuses an output that the input cannot come from',
  },
  {
    tests: of('multinomial', ['creates the same data given the same seed']),
    reason: 'TensorFlow counts on from call to call',
  },
];

const EXACT_TAN = {
  tests: of('tan', ['numbers exceed float32 precision']),
  reason: 'the last bit of a tangent of 30,144',
};

/** By mode of autocast. @type {Readonly<Record<string, Exception[]>>} */
export const EXCEPTIONS = {
  off: [...ALWAYS, EXACT_TAN],
  bf16: [
    ...ALWAYS,
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
  fp16: ALWAYS,
};

/** Tests that fail when they are run a second time, with programs or without. @type {Exception} */
export const ONLY_ONCE = {
  tests: [
    'AdamOptimizer test-tensorflow {} Continue training after loading weights',
    'Backend registration allow custom backend',
    'Backend registration async as higher priority and sync as lower priority w/o await ready',
    'Backend registration custom backend registration',
    'Backend registration findBackend initializes the backend',
    'Backend registration high priority backend registration fails, falls back',
    'Backend registration low priority and high priority backends, setBackend low priority',
    'DEBUG warns when enabled',
    'Flag flipping methods tf.enableDebugMode',
    'TENSORLIKE_CHECK_SHAPE_CONSISTENCY enabled when debug is enabled',
    'deprecation warnings deprecationWarn warns',
    'deprecation warnings disableDeprecationWarnings called, deprecationWarn doesnt warn',
    'disposeVariables test-tensorflow {} reuse same name variable',
    'http-load fetch test-tensorflow {} 1 group, 2 weights, 1 path',
    'memory test-tensorflow {} Sum(bool)',
    'memory test-tensorflow {} Sum(float)',
    'memory test-tensorflow {} Sum(int32)',
    'profile test-tensorflow {} squaring',
    'profile test-tensorflow {} squaring in async query',
    'profile test-tensorflow {} squaring without disposing',
    'profiler.Logger test-tensorflow {} skips logging for undefined input node in input tensor map',
    'tidy test-tensorflow {} basic usage without return',
    'tidy test-tensorflow {} nested usage',
    'tidy test-tensorflow {} works with arbitrary depth of result',
    'util.fetch should call the platform fetch',
    'variable test-tensorflow {} assign does not dispose old data',
    'variable test-tensorflow {} constructor does not dispose',
    'variable test-tensorflow {} if name already used, throw error',
    'variable test-tensorflow {} user provided name',
  ],
  reason: 'it counts tensors, registers names or spies as if it ran once',
};
