import { expect, it } from 'vitest';
import { visibleGpus } from './visible-gpus';

const GPUS = [
  { uuid: 'GPU-8932f937-d72c', migUuids: [] },
  { uuid: 'GPU-8a10aaaa-0001', migUuids: ['MIG-11f0-a', 'MIG-11f0-b'] },
  { uuid: 'GPU-cccc0000-0002', migUuids: ['MIG-77c4-a'] },
];

it.each<readonly [string | undefined, readonly number[]]>([
  [undefined, [0, 1, 2]],
  ['', []],
  ['0', [0]],
  ['2,1', [2, 1]],
  [' 2 , 0 ', [2, 0]],
  // CUDA's guide: what stands before the first index that isn't there is visible.
  ['0,2,-1,1', [0, 2]],
  ['0,3,1', [0]],
  ['-1', []],
  ['-1,0', []],
  ['NoDevFiles', []],
  ['0,,1', [0]],
  ['0,x', [0]],
  ['1gpu2,2ampere', [1, 2]],
  ['0,1,0', []],
  ['GPU-8932f937', [0]],
  ['GPU-8932f937-d72c', [0]],
  ['GPU-cc,GPU-8932', [2, 0]],
  // Not unique, so it names none.
  ['GPU-8', []],
  ['GPU-cc,GPU-8,GPU-8932', [2]],
  ['GPU-cc,GPU-cccc', []],
  ['GPU-cc,0', [2]],
  ['0,GPU-cc', [0]],
  ['8932f937', []],
  ['MIG-11f0-a', [1]],
  ['MIG-77', [2]],
  ['MIG-77c4-a,MIG-11f0-a', [2]],
  ['MIG-GPU-8a10aaaa-0001/1/0', [1]],
  ['MIG-none', []],
  ['MIG-GPU-none/1/0', []],
])('reads CUDA_VISIBLE_DEVICES=%s as CUDA does', (value, indices) => {
  expect(visibleGpus(value, GPUS)).toEqual(indices);
});

it('sees nothing where there is nothing', () => {
  expect(visibleGpus(undefined, [])).toEqual([]);
  expect(visibleGpus('0', [])).toEqual([]);
});
