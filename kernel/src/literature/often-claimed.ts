import type { Quantity } from './claim';

/** What is often said of a format without naming a source. */
export interface OftenClaimed {
  readonly formats: readonly string[];
  readonly quantity: Quantity;
  readonly says: string;
  /** Whether a source was found that bears it. */
  readonly found: 'no source' | 'with limits';
  /** What the sources say instead, with the ids of claims that do. */
  readonly instead: string;
  readonly see: readonly string[];
  /** Ids of the claims that put it to the test: docs/verdicts.md. */
  readonly tested: readonly string[];
}

const SIXTEEN = ['fp16', 'bf16'] as const;
const INT8 = ['int8', 'int8-static', 'int8-dynamic'] as const;

/** Figures of tutorials and textbooks, against fp32. */
export const OFTEN_CLAIMED: readonly OftenClaimed[] = [
  {
    formats: SIXTEEN,
    quantity: 'speed',
    says: '2x',
    found: 'with limits',
    instead:
      'a middle value on GPUs with tensor cores; none on CPUs without instructions for the format',
    see: ['huang2020-speed', 'doerrich2023-speed', 'tensorflow2019-fp16-cpu', 'apex297-slower'],
    tested: ['fp16-speed', 'bf16-speed'],
  },
  {
    formats: SIXTEEN,
    quantity: 'memory',
    says: '50%',
    found: 'with limits',
    instead: 'of activations and of stored weights; training keeps an fp32 copy of the weights',
    see: ['micikevicius2018-memory', 'litert-fp16-memory'],
    tested: ['fp16-memory', 'bf16-memory'],
  },
  {
    formats: SIXTEEN,
    quantity: 'energy',
    says: '30–50%',
    found: 'no source',
    instead: 'the one measurement of joules found says 12.5%, unreviewed',
    see: ['cebi2026-energy', 'antonopoulos2024-power'],
    tested: ['fp16-energy', 'bf16-energy'],
  },
  {
    formats: ['fp8'],
    quantity: 'speed',
    says: '4x',
    found: 'no source',
    instead: 'sources give 1.28x to 2x against 16 bit; none against fp32 end to end',
    see: ['peng2023-v2-speed', 'peng2023-engine', 'lambda2023-speed', 'nvidia2023-speed'],
    tested: ['fp8-speed'],
  },
  {
    formats: ['fp8'],
    quantity: 'memory',
    says: '75%',
    found: 'no source',
    instead: 'true of one tensor by its bits; a training saves 39 to 42% against bf16',
    see: ['peng2023-memory', 'ai-box2026-memory'],
    tested: ['fp8-memory'],
  },
  {
    formats: ['fp8'],
    quantity: 'energy',
    says: 'up to 60%',
    found: 'no source',
    instead: 'narrow formats save energy only where a model is compute-bound',
    see: ['delavande2026-energy'],
    tested: ['fp8-energy'],
  },
  {
    formats: INT8,
    quantity: 'speed',
    says: '4–6x',
    found: 'no source',
    instead: 'sources give 1.3x to 4.6x on CPUs, by instructions and network; slower is possible',
    see: ['openvino2021-vnni', 'openvino2021-avx2', 'intel2022-speed', 'onnxruntime-slower'],
    tested: ['int8-speed'],
  },
  {
    formats: [...INT8, 'int8-weight-only'],
    quantity: 'memory',
    says: '75%',
    found: 'with limits',
    instead: 'of weights, less their scales and the layers kept in float',
    see: ['krishnamoorthi2018-memory', 'tflite-pixel2-memory'],
    tested: ['int8-memory'],
  },
  {
    formats: INT8,
    quantity: 'energy',
    says: 'up to 70%',
    found: 'no source',
    instead: 'a model says up to 64% against fp16; LLM.int8() was measured to take more',
    see: ['deputter2025-energy', 'zhang2026-int8-energy'],
    tested: ['int8-energy'],
  },
  {
    formats: ['int4'],
    quantity: 'speed',
    says: '8x',
    found: 'no source',
    instead: 'measured 3x to 4.5x against fp16, LLMs at batch 1; 4–8x is a survey’s sentence',
    see: ['frantar2023-speed', 'lin2024-speed', 'gholami2021-speed'],
    tested: ['int4-speed'],
  },
  {
    formats: ['int4'],
    quantity: 'memory',
    says: '87%',
    found: 'with limits',
    instead: 'of weights by their bits; a survey says 75 to 87.5% in practice',
    see: ['gholami2021-memory'],
    tested: ['int4-memory'],
  },
  {
    formats: ['int4'],
    quantity: 'energy',
    says: 'up to 80%',
    found: 'no source',
    instead: 'NF4 was measured to take up to 29% more below 7B parameters, 11% less at 7B',
    see: ['zhang2026-nf4-energy', 'delavande2026-energy'],
    tested: ['int4-energy'],
  },
];
