import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { killGroup } from './process-group';

it.each([true, false])('ends a process, with a group of its own: %s', async (detached) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { detached });
  const exit = once(child, 'exit');
  killGroup(child.pid ?? 0);
  expect(await exit).toEqual([null, 'SIGKILL']);
  expect(() => {
    killGroup(child.pid ?? 0);
  }).not.toThrow();
});
