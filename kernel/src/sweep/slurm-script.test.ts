import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ranges, slurmScript } from './slurm-script';

const options = {
  command: ['/usr/bin/printf', '%s|'],
  folder: "/data/it's $HOME",
  logs: '/data/my logs',
  indices: [0, 1, 2, 5],
  abreast: 3,
};

describe('the script of an array job', () => {
  it('names its tasks as shortly as it goes', () => {
    expect(ranges([4, 0, 1, 2, 7, 8])).toBe('0-2,4,7-8');
    expect(slurmScript(options)).toContain('\n#SBATCH --array=0-2,5%3\n');
    expect(slurmScript({ ...options, abreast: undefined })).toContain('\n#SBATCH --array=0-2,5\n');
    expect(slurmScript(options)).toContain('\n#SBATCH --output="/data/my logs/%a.log"\n');
  });

  it.skipIf(process.platform === 'win32')('hands the shell a folder as it is', () => {
    const said = execFileSync('bash', ['-c', slurmScript(options)], {
      env: { ...process.env, SLURM_ARRAY_TASK_ID: '5' },
      encoding: 'utf8',
    });
    expect(said).toBe("sweep|point|/data/it's $HOME|--index|5|");
  });
});
