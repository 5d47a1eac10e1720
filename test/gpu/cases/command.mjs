import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

/** What the command says on machines that this one isn't; TensorFlow computes on the CPU in all of them. */
export const commandCases = {
  'a GPU that TensorFlow does not use is a failure that says what to do': () => {
    const { status, lines } = command('echo "NVIDIA T4"', 'memory');
    assert.equal(status, 1);
    assert.equal(lines[0], 'on NVIDIA T4');
    assert.match(lines.find((line) => line.startsWith('✗')) ?? '', /^✗ .*tensorflow\[and-cuda\]/);
    assert.equal(lines.at(-1), '0 passed, 1 failed, 0 skipped');
  },
  'without a GPU its checks are skipped and counted, and asking for one is a failure': () => {
    const { status, lines } = command('exit 9', '--device', 'gpu', 'memory');
    assert.equal(status, 1);
    assert.match(lines[0], /^skipped: no NVIDIA GPU, .*: 0 passed, 0 failed, 3 skipped$/);
    assert.equal(lines.at(-1), '0 passed, 1 failed, 3 skipped');
  },
  'a part, device or wheel that is not there is one line': () => {
    for (const [words, line] of [
      [['speed'], /^No part is called speed\. There are: formats, traps, /],
      [['--device', 'tpu'], /^--device tpu: there are gpu and cpu\.$/],
      [['--cuda-wheel', '/none.whl'], /^--cuda-wheel \/none\.whl is not there: pip download /],
    ]) {
      const { status, lines } = command('exit 9', ...words);
      assert.equal(status, 2);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0], line);
    }
  },
};

/** The command beside an `nvidia-smi` of one line. */
function command(nvidiaSmi, ...args) {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-smi-'));
  try {
    const tool = join(folder, 'nvidia-smi');
    writeFileSync(tool, `#!/bin/sh\n${nvidiaSmi}\n`);
    chmodSync(tool, 0o755);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'test/gpu/run.mjs'), ...args],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: `${folder}:${process.env.PATH}`,
          CUDA_VISIBLE_DEVICES: '-1',
          TF_CPP_MIN_LOG_LEVEL: '3',
        },
      },
    );
    // TensorFlow says on the other stream what it misses.
    return { status, lines: (status === 2 ? stderr : stdout).trim().split('\n') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
