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
    { pid: CELL, parent: 1, group: CELL, startedMs: 0 },
    { pid: 200, parent: CELL, group: CELL, startedMs: 1000 }, // a server of an earlier cell
    { pid: 300, parent: CELL, group: CELL, startedMs: 8500 }, // the shell that this cell waits for
    { pid: 301, parent: 300, group: CELL, startedMs: 8600 },
    { pid: 302, parent: 301, group: 302, startedMs: 8700 }, // in a session of its own
    { pid: 400, parent: CELL, group: 400, startedMs: 8900 }, // detached on purpose
    { pid: 500, parent: 1, group: 1, startedMs: 8900 },
  ];
  const { group, recent } = foreground(processes, CELL, 8000);
  expect(pids(group)).toEqual([200, 300, 301]);
  expect(pids(recent)).toEqual([300, 301, 302]);
  expect(foreground(processes, CELL, undefined)).toEqual({ group, recent: [] });
});

it('knows a child of now for one of now, however late on a busy machine it looks', async () => {
  const begunMs = process.uptime() * 1000;
  const child = spawn('sleep', ['30']);
  try {
    // Whoever asks is held up here, or half-way through the list.
    await sleep(300);
    // As the cell process's, this one leads a group.
    const all = listProcesses().map((one) => ({ ...one, group: process.pid }));
    const { recent } = foreground(all, process.pid, begunMs);
    expect(pids(recent)).toContain(child.pid);
    const later = foreground(all, process.pid, begunMs + 200);
    expect(pids(later.recent)).not.toContain(child.pid);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

it('reads groups, parents and starts of real processes', async () => {
  const before = process.uptime() * 1000;
  const own = spawn('sleep', ['30']);
  const apart = spawn('sleep', ['30'], { detached: true });
  try {
    await sleep(200);
    const all = listProcesses();
    const self = all.find(({ pid }) => pid === process.pid);
    const [first, second] = [own, apart].map((child) => all.find(({ pid }) => pid === child.pid));
    expect(first).toMatchObject({ parent: process.pid, group: self?.group });
    expect(second).toMatchObject({ parent: process.pid, group: apart.pid });
    // Off by a tick, and by what Node.js takes until it counts.
    expect(first?.startedMs).toBeGreaterThanOrEqual(before - 20);
    expect(first?.startedMs).toBeLessThan(process.uptime() * 1000 + 1000);
    expect(self?.startedMs).toBe(0);
  } finally {
    own.kill();
    apart.kill();
    await Promise.all([own, apart].map((child) => once(child, 'exit')));
  }
});
