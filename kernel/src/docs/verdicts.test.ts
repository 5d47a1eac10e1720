import { describe, expect, it } from 'vitest';
import { COLUMN_SCHEMA, type ColumnPart, machineSlug } from '../studies/column';
import { TESTED_CLAIMS } from '../studies/tested-claims';
import { readmeVerdicts, verdictsParts } from './verdicts';

const HASH = `sha256:${'a'.repeat(64)}`;
const found = {
  claim: 'int8-speed',
  subject: 'perceptron',
  verdict: 'refuted' as const,
  because: 'the interval lies outside of 4x to 6x',
  value: 2.1,
  low: 2,
  high: 2.2,
  coverage: 0.95,
  trials: 7,
  unit: 'x' as const,
};
const part: ColumnPart = {
  schema: COLUMN_SCHEMA,
  study: 'int8',
  notebookHash: HASH,
  date: '2026-11-30',
  machine: { cpu: 'A Processor (R)', threads: 8, memoryBytes: 16e9, gpus: [], os: 'Linux' },
  loadAverage: 0.1,
  versions: {},
  verdicts: [
    found,
    {
      ...found,
      subject: 'CNN',
      verdict: 'confirmed',
      because: '',
      value: 4.5,
      low: 4.2,
      high: 4.9,
    },
    { ...found, claim: 'int8-energy', verdict: 'not here', because: 'joules are modelled here' },
  ],
};
const given = {
  columns: [
    { machine: 'one', parts: [part] },
    { machine: 'two', parts: [] },
  ],
  hashes: new Map([['int8', HASH]]),
  pictured: new Set(['int8']),
};

describe('the page of verdicts', () => {
  it('has a line for each subject, the reason of what is not decided, and the run', () => {
    const { studies } = verdictsParts(given);
    const row = studies.split('\n').find((line) => line.includes('int8 runs 4–6x')) ?? '';
    expect(row).toContain(
      '**refuted** perceptron: 2.10x (2.00x to 2.20x, 7 trials)<br>**confirmed** CNN: 4.50x (4.20x to 4.90x, 7 trials) | not run | ',
    );
    expect(studies.match(/!\[.*?\]\(images\/study-int8\.svg\)/g)).toHaveLength(1);
    expect(row).toContain('[OpenVINO docs 2021](https://');
    expect(studies).toContain('7 trials); joules are modelled here |');
    expect(studies).toContain('A Processor (R), 8 threads<br>2026-11-30, load 0.1 before |');
  });

  it('has every claim, and says which figures are of an earlier notebook', () => {
    const { studies, counts } = verdictsParts({ ...given, hashes: new Map([['int8', 'other']]) });
    for (const { says } of TESTED_CLAIMS) expect(studies).toContain(says);
    expect(studies).toContain('load 0.1 before, of an earlier notebook |');
    expect(counts.split('\n')[0]).toBe(
      '- A Processor (R), 8 threads, 16 GB: 2 claims, 0 confirmed, 1 refuted, 1 not decided here.',
    );
  });

  it('has a short one for README: what was decided', () => {
    const table = readmeVerdicts(given, 'docs/verdicts.md');
    expect(table).toContain('| **refuted** (holds for 1 of 2) | perceptron: 2.10x');
    expect(table).not.toContain('modelled');
    expect(readmeVerdicts({ columns: [], hashes: new Map(), pictured: new Set() }, '')).toContain(
      'npm run verdicts',
    );
  });

  it('names a machine’s folder by GPU, processor and threads', () => {
    expect(machineSlug(part.machine)).toBe('a-processor-8-threads');
    expect(machineSlug({ ...part.machine, gpus: ['NVIDIA H200'] })).toBe(
      'nvidia-h200-a-processor-8-threads',
    );
  });
});
