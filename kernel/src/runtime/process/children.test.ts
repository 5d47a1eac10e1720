import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { foreground, listProcesses, type OtherProcess } from './children';

/** A container's, which has just started; `/proc` counts the starts of processes from the machine's. */
vi.mock(import('node:fs'), async (original) => {
  const fs = await original();
  const readFileSync = ((path: string, options?: BufferEncoding) =>
    path === '/proc/uptime' ? '3.00 1.00\n' : fs.readFileSync(path, options)) as never;
  return { ...fs, readFileSync };
});

const CELL = 100;

function pids(processes: readonly OtherProcess[]): number[] {
  return processes.map(({ pid }) => pid).sort((a, b) => a - b);
}

it('tells what a cell has started from what others have', () => {
  const processes = [
    { pid: CELL, parent: 1, group: CELL, ageMs: 9000 },
    { pid: 200, parent: CELL, group: CELL, ageMs: 8000 }, // a server of an earlier cell
    { pid: 300, parent: CELL, group: CELL, ageMs: 500 }, // the shell that this cell waits for
    { pid: 301, parent: 300, group: CELL, ageMs: 400 },
    { pid: 302, parent: 301, group: 302, ageMs: 300 }, // in a session of its own
    { pid: 400, parent: CELL, group: 400, ageMs: 100 }, // detached on purpose
    { pid: 500, parent: 1, group: 1, ageMs: 100 },
  ];
  const { group, recent } = foreground(processes, CELL, 1000);
  expect(pids(group)).toEqual([200, 300, 301]);
  expect(pids(recent)).toEqual([300, 301, 302]);
});

it('reads groups, parents and ages of real processes', async () => {
  const before = performance.now();
  const own = spawn('sleep', ['30']);
  const apart = spawn('sleep', ['30'], { detached: true });
  try {
    await sleep(200);
    const all = listProcesses();
    const self = all.find(({ pid }) => pid === process.pid);
    const [first, second] = [own, apart].map((child) => all.find(({ pid }) => pid === child.pid));
    expect(first).toMatchObject({ parent: process.pid, group: self?.group });
    expect(second).toMatchObject({ parent: process.pid, group: apart.pid });
    expect(first?.ageMs).toBeLessThanOrEqual(performance.now() - before + 1000);
    expect(first?.ageMs).toBeGreaterThan(0);
    expect(self?.ageMs).toBeGreaterThan(first?.ageMs ?? Infinity);
  } finally {
    own.kill();
    apart.kill();
    await Promise.all([own, apart].map((child) => once(child, 'exit')));
  }
});
