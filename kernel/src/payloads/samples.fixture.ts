import type { FormatBand } from '../formats/bands';
import { citation } from '../literature/citation';
import { isSourceKey, sourceOf } from '../literature/sources';
import type { PrecisionClaim } from './precision/claim';
import type { RangeComparison } from './ranges/comparison';
import type { GradientRanges, RangeLayer, RangeTime } from './ranges/schema';
import type { PrecisionTable } from './precision/table';

/** Payloads as a real session makes them: for tests and for looking at the fallbacks. */

const amp: PrecisionClaim = {
  quantity: 'speed',
  says: '1.5–5.5x',
  range: [1.5, 5.5],
  against: 'fp32',
  hardware: '8x V100',
  conditions: 'PyTorch AMP, several networks, equal final accuracy; training',
  source: 'huang2020amp',
};

const stored: PrecisionClaim = {
  quantity: 'memory',
  says: '50%',
  range: [0.5, 0.5],
  against: 'fp32',
  hardware: 'CPU, GPU',
  conditions: 'weights of a model file; inference',
  source: 'tensorflow2026ptq',
};

const unsourced: PrecisionClaim = {
  quantity: 'energy',
  says: '30–50%',
  against: 'fp32',
  conditions: 'the one measurement of joules found says 12.5%, unreviewed',
};

const energy = (value: number) => ({
  value,
  method: 'modelled' as const,
  source: 'process share of TDP, 4 W a thread (Green Algorithms)',
});

export const samplePrecisionTable: PrecisionTable = {
  title: 'Precision comparison',
  model: { name: 'digits MLP', parameters: 2_365_450 },
  device: { name: 'AMD EPYC', engine: 'TensorFlow 2.21', threads: 2 },
  batchSize: 256,
  samples: 360,
  metric: 'accuracy',
  baseline: 'fp32',
  rows: [
    {
      format: 'fp32',
      execution: 'native',
      engine: 'TensorFlow oneDNN',
      note: '',
      latencyS: { median: 0.00821, p95: 0.00907, runs: 30 },
      throughputPerS: 31_181,
      speedup: 1,
      weightBytes: 9_461_800,
      energyJ: energy(0.0657),
      co2eG: 8.6e-6,
      score: 0.9722,
      maxError: 0,
      sqnrDb: Infinity,
      literature: null,
    },
    {
      format: 'fp16',
      execution: 'simulated',
      engine: 'TensorFlow, 16-bit storage',
      note: 'this CPU has no fp16 instructions',
      latencyS: null,
      throughputPerS: null,
      speedup: null,
      weightBytes: 4_730_900,
      energyJ: null,
      co2eG: null,
      score: 0.9722,
      maxError: 0.00213,
      sqnrDb: 66.2,
      literature: null,
      claims: [amp, stored, unsourced],
    },
    {
      format: 'bf16',
      execution: 'native',
      engine: 'TensorFlow oneDNN, AMX',
      note: 'losses and softmax in fp32',
      latencyS: { median: 0.0117, p95: 0.0129, runs: 30 },
      throughputPerS: 21_880,
      speedup: 0.7,
      weightBytes: 4_730_900,
      energyJ: energy(0.0936),
      co2eG: 1.23e-5,
      score: 0.9694,
      maxError: 0.0181,
      sqnrDb: 47.9,
      literature: null,
      claims: [
        {
          quantity: 'speed',
          says: 'more than 2x',
          range: [2, 2],
          against: 'fp32',
          hardware: 'the latest Intel CPUs',
          conditions: 'TensorFlow, mixed_bfloat16, no model named; training',
          source: 'tensorflow2026mixed',
        },
        unsourced,
      ],
    },
    {
      format: 'int8',
      execution: 'native',
      engine: '_MklQuantizedMatMulWithBias',
      note: 'weights in 7 bits, for u8 x s8 saturates here; output layer kept in float',
      latencyS: { median: 0.0036, p95: 0.0041, runs: 30 },
      throughputPerS: 71_111,
      speedup: 2.28,
      weightBytes: 2_377_642,
      energyJ: energy(0.0288),
      co2eG: 3.78e-6,
      score: 0.9583,
      maxError: 0.142,
      sqnrDb: 31.4,
      literature: null,
      claims: [
        {
          quantity: 'speed',
          says: '1.7–4.6x',
          range: [1.7, 4.6],
          against: 'fp32',
          hardware: 'Xeon 5218T and 8270, Core i7-1185G7 (VNNI)',
          conditions: 'first 18 networks of the table, OpenVINO 2021.2; inference',
          source: 'openvino2021',
        },
        {
          quantity: 'speed',
          says: 'up to 1.56x',
          range: [1.56, 1.56],
          against: 'fp16',
          hardware: 'A100',
          conditions: 'SmoothQuant W8A8, OPT, BLOOM, GLM; inference',
          source: 'xiao2023smoothquant',
        },
        {
          quantity: 'energy',
          says: '17–33% more',
          range: [-0.33, -0.17],
          against: 'fp16',
          hardware: 'RTX 4090D',
          conditions: 'LLM.int8(), four LLMs of 3.8 to 7B, batch 1, NVML at 10 Hz; inference',
          source: 'zhang2026energy',
          caution:
            'Not reviewed; a later post of the author says 80 to 162% more on the same card.',
        },
      ],
    },
  ],
  notes: ['bf16 does not pay in time here: 0.70x the speed of fp32 at batch size 256.'],
  sources: [
    'huang2020amp',
    'tensorflow2026ptq',
    'tensorflow2026mixed',
    'openvino2021',
    'xiao2023smoothquant',
    'zhang2026energy',
  ]
    .filter(isSourceKey)
    .map((key) => ({ key, short: sourceOf(key).short, citation: citation(key) })),
};

const fp16: FormatBand = {
  id: 'fp16',
  label: 'fp16',
  minSubnormalExponent: -24,
  minNormalExponent: -14,
  maxExponent: 15,
};

export const sampleFormats: readonly FormatBand[] = [
  fp16,
  {
    id: 'bf16',
    label: 'bf16',
    minSubnormalExponent: -133,
    minNormalExponent: -126,
    maxExponent: 127,
  },
  {
    id: 'e4m3fn',
    label: 'fp8 E4M3',
    minSubnormalExponent: -9,
    minNormalExponent: -6,
    maxExponent: 8,
  },
  {
    id: 'e5m2',
    label: 'fp8 E5M2',
    minSubnormalExponent: -16,
    minNormalExponent: -14,
    maxExponent: 15,
  },
];

/** Bell-shaped bins around `center`, `spread` octaves wide. */
export function sampleLayer(
  name: string,
  center: number,
  spread: number,
  shape: readonly number[],
  zeros = 0.1,
): RangeLayer {
  const total = shape.reduce((a, b) => a * b, 1) * 40;
  const firstExponent = Math.round(center - 3 * spread);
  const heights = Array.from({ length: 6 * spread + 1 }, (_, i) =>
    Math.exp(-(((firstExponent + i - center) / spread) ** 2)),
  );
  const sum = heights.reduce((a, b) => a + b, 0);
  const bins = heights.map((height) => Math.round((height / sum) * total * (1 - zeros)));
  const counted = bins.reduce((a, b) => a + b, 0);
  return {
    name,
    kind: 'gradient',
    shape: [...shape],
    count: counted + Math.round(total * zeros),
    zero: Math.round(total * zeros),
    inf: 0,
    nan: 0,
    firstExponent,
    bins,
  };
}

function notAllFinite(layer: RangeLayer): RangeLayer {
  return { ...layer, inf: 4, nan: 2, count: layer.count + 6 };
}

export const sampleGradientRanges: GradientRanges = {
  title: 'Gradient ranges of digits CNN',
  format: 'fp16',
  execution: 'simulated',
  step: 400,
  recordedSteps: 40,
  every: 10,
  lossScale: {
    value: 1024,
    suggested: 65536,
    reason:
      'moves the median gradient to the middle of the normal range and leaves 4 octaves of headroom',
    skippedSteps: 1,
    history: [
      { step: 0, scale: 65536 },
      { step: 3, scale: 1024 },
    ],
    steps: 400,
    skippedAt: [3],
  },
  formats: [...sampleFormats],
  layers: [
    sampleLayer('conv2d_Conv2D1/kernel', -27, 4, [3, 3, 1, 16], 0.02),
    sampleLayer('conv2d_Conv2D1/bias', -22, 3, [16], 0),
    sampleLayer('conv2d_Conv2D2/kernel', -30, 4, [3, 3, 16, 32], 0.2),
    sampleLayer('conv2d_Conv2D2/bias', -24, 3, [32], 0),
    sampleLayer('dense_Dense1/kernel', -35, 3, [512, 64], 0.45),
    sampleLayer('dense_Dense1/bias', -20, 3, [64], 0.1),
    sampleLayer('dense_Dense2/kernel', -13, 3, [64, 10], 0),
    notAllFinite(sampleLayer('dense_Dense2/bias', -9, 3, [10], 0)),
    { ...sampleLayer('dense_Dense1/kernel', -5, 2, [512, 64], 0), kind: 'weight' },
    { ...sampleLayer('conv2d_Conv2D1', 0, 3, [32, 8, 8, 16], 0.5), kind: 'activation' },
  ],
};

/** A layer with its values slot by slot, `centers` telling where they lie in each. */
function timedLayer(
  name: string,
  centers: readonly number[],
  more: Partial<Record<'inf' | 'zeros', number>>,
): { layer: RangeLayer; counts: RangeTime['layers'][number] } {
  const slots = centers.map((center, slot) => {
    const layer = sampleLayer(name, center, 3, [64, 64], more.zeros ?? 0);
    const inf = slot === 0 ? (more.inf ?? 0) : 0;
    return { ...layer, inf, count: layer.count + inf };
  });
  const first = Math.min(...slots.map(({ firstExponent }) => firstExponent));
  const end = Math.max(...slots.map(({ firstExponent, bins }) => firstExponent + bins.length));
  const sum = (pick: (layer: RangeLayer) => number): number =>
    slots.reduce((all, layer) => all + pick(layer), 0);
  const layer: RangeLayer = {
    ...{ name, kind: 'gradient', shape: [64, 64], firstExponent: first },
    count: sum(({ count }) => count),
    zero: sum(({ zero }) => zero),
    inf: sum(({ inf }) => inf),
    nan: 0,
    bins: Array.from({ length: end - first }, (_, index) =>
      sum(({ firstExponent, bins }) => bins[first + index - firstExponent] ?? 0),
    ),
  };
  const counts = {
    zero: slots.map(({ zero }) => zero),
    ...(more.inf !== undefined && { inf: slots.map(({ inf }) => inf) }),
    firstExponent: slots.map(({ firstExponent }) => firstExponent),
    bins: slots.map(({ bins }) => bins),
  };
  return { layer, counts };
}

const timed = [
  timedLayer('dense_1/kernel', [-20, -24, -30, -36], {}),
  timedLayer('dense_2/kernel', [-12, -13, -14, -14], { inf: 40, zeros: 0.25 }),
  timedLayer('head/bias', [-8, -9, -9, -10], {}),
];

/** Recorded in fp16 over 80 steps: too large a scale at first, and gradients that get ever smaller. */
export const sampleTimedRanges: GradientRanges = {
  ...sampleGradientRanges,
  title: 'Gradient ranges over time',
  step: 80,
  recordedSteps: 80,
  every: 1,
  layers: timed.map(({ layer }) => layer),
  time: {
    slots: [65536, 1024, 1024, 1024].map((scale, slot) => ({
      firstStep: 20 * slot,
      lastStep: 20 * slot + 19,
      recordedSteps: 20,
      scale,
    })),
    layers: timed.map(({ counts }) => counts),
  },
};

/** The same training in fp16 and in bf16, where nothing is lost. */
export const sampleComparison: RangeComparison = {
  title: 'Gradients of two runs',
  runs: [
    { name: 'fp16 at loss scale 1024', ranges: sampleTimedRanges },
    { name: 'bf16', ranges: { ...sampleTimedRanges, format: 'bf16', execution: 'native' } },
  ],
};
