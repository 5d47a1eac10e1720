import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Claim, claimantOf, claimedKeys, dropClaims } from './claim';
import { thisProcess } from './machine';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-claim-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A claim as another process leaves it. */
function leave(holder: object, generation = 1): string {
  const path = join(folder, `k.claim.${generation}`);
  const content = { ...thisProcess(), token: 't', at: 'then', ...holder };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('the claim of a point', () => {
  it('is held once, and can be had again when it is given back', () => {
    const claim = Claim.take(folder, 'k');
    expect(claim?.isHeld).toBe(true);
    expect(Claim.take(folder, 'k')).toBeUndefined();
    expect(claimantOf(folder, 'k')?.pid).toBe(process.pid);
    expect(Claim.take(folder, 'other')?.isHeld).toBe(true);
    claim?.release();
    expect(claimantOf(folder, 'k')).toBeUndefined();
    expect(Claim.take(folder, 'k')?.isHeld).toBe(true);
  });

  it('is taken over from a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    leave({ pid: child.pid });
    expect(claimantOf(folder, 'k')).toBeUndefined();
    const claim = Claim.take(folder, 'k');
    expect(claim?.isHeld).toBe(true);
    expect(Claim.take(folder, 'k')).toBeUndefined();
    claim?.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a process whose number another one has by now', () => {
    leave({ started: '1' });
    expect(Claim.take(folder, 'k')?.isHeld).toBe(true);
  });

  it('of another machine holds as long as it says that it lives', () => {
    const path = leave({ host: 'elsewhere', space: 'there' });
    expect(Claim.take(folder, 'k')).toBeUndefined();
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path, longAgo, longAgo);
    expect(Claim.take(folder, 'k')?.isHeld).toBe(true);
  });

  it('tells its holder that it has been taken over', () => {
    const claim = Claim.take(folder, 'k');
    leave({}, 2);
    expect(claim?.isHeld).toBe(false);
  });

  it('is listed, and dropped with all that came before it', () => {
    leave({ started: '1' });
    leave({}, 2);
    expect([...claimedKeys(folder)]).toEqual(['k']);
    dropClaims(folder, 'k');
    expect(readdirSync(folder)).toEqual([]);
  });
});
