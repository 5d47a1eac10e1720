import type { Source } from '../source';

/** What users and students measured and put on the web: figures that nobody has reviewed. */
export const REPORTS = {
  cebi2026: {
    authors: ['Çebi, Emre', 'Ramai, Aadesh', 'Tjoen, Noah', 'Vezzuto, Andrea'],
    short: 'Çebi 2026',
    title:
      'Measuring the Energy Impact of Mixed Precision on Convolutional Neural Network Training',
    year: 2026,
    venue: 'Sustainable Software Engineering course, TU Delft',
    kind: 'misc',
    url: 'https://luiscruz.github.io/course_sustainableSE/2026/p1_measuring_software/g30_mixed-precision.html',
    review: 'unreviewed',
  },
  zhang2026energy: {
    authors: ['Zhang, Hongping'],
    short: 'Zhang 2026',
    title: 'LLM Energy Benchmark: Real GPU Power Measurements for Quantized Inference',
    year: 2026,
    kind: 'misc',
    doi: '10.5281/zenodo.18900289',
    url: 'https://hongping-zh.github.io/',
    review: 'unreviewed',
  },
  aibox2026fp8: {
    authors: 'ai-box.eu',
    short: 'ai-box.eu 2026',
    title: 'TensorRT-LLM in numbers: FP16 vs FP8 on the RTX A6000 Ada',
    year: 2026,
    kind: 'misc',
    url: 'https://ai-box.eu/en/top-story-en/tensorrt-llm-in-numbers-fp16-vs-fp8-on-the-rtx-a6000-ada/2266/',
    review: 'unreviewed',
  },
  apex2019issue297: {
    authors: 'NVIDIA/apex',
    short: 'apex issue 297, 2019',
    title: 'Mixed precision training slower than FP32 training (NVIDIA/apex, issue 297)',
    year: 2019,
    kind: 'misc',
    url: 'https://github.com/NVIDIA/apex/issues/297',
    review: 'unreviewed',
  },
} as const satisfies Readonly<Record<string, Source>>;
