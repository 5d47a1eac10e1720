import { expect, it } from 'vitest';
import { environmentFacts } from './facts';

it('of the environment say how numbers are computed, and nothing of where files are', () => {
  const env = {
    OMP_NUM_THREADS: '2',
    CUDA_VISIBLE_DEVICES: '0,1',
    HALFNOTE_TDP_W: '65/A processor w/ graphics',
    TF_ENABLE_ONEDNN_OPTS: '',
    CUDA_HOME: '/home/somebody/cuda',
    TF_XLA_FLAGS: '--xla_dump_to=/home/somebody/dump',
    ORT_LIBRARIES: 'C:\\Users\\somebody',
    HALFNOTE_ENERGY_JOURNAL: 'energy.jsonl',
    PATH: 'bin',
  };
  expect(environmentFacts(env)).toEqual({
    'env.CUDA_VISIBLE_DEVICES': '0,1',
    'env.HALFNOTE_TDP_W': '65/A processor w/ graphics',
    'env.OMP_NUM_THREADS': '2',
    'env.TF_ENABLE_ONEDNN_OPTS': '',
  });
});
