import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownCommand } from '../installation';
import type { KernelPlace } from '../remedies/remedies';
import { installKernelspec, kernelspec, uninstallKernelspec } from './kernelspec';

function place(): KernelPlace & { readonly prefix: string } {
  return { kind: 'prefix', prefix: mkdtempSync(join(tmpdir(), 'halfnote-')) };
}

describe('the kernelspec', () => {
  it('starts our command with the Node.js that installed it', () => {
    const folder = installKernelspec(place(), 'halfnote');
    const main = resolve(__dirname, '../../dist/cli/main.js');
    expect(JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'))).toEqual({
      argv: [process.execPath, main, 'kernel', '{connection_file}'],
      display_name: 'TypeScript (Halfnote)',
      language: 'typescript',
      interrupt_mode: 'message',
      metadata: { debugger: true },
    });
    expect(readFileSync(join(folder, 'logo-svg.svg'), 'utf8')).toMatch(/^<svg /);
  });

  it('of a wheel starts its launcher, which finds Node.js and TensorFlow', () => {
    const wheel = { kind: 'wheel', python: '/venv/bin/python', prefix: '/venv' } as const;
    const argv = ['/venv/bin/python', '-m', 'halfnote', 'kernel', '{connection_file}'];
    expect(kernelspec(ownCommand(wheel))).toMatchObject({ argv });
  });

  it('replaces an older one whole and leaves nothing beside it', () => {
    const at = place();
    const folder = installKernelspec(at, 'halfnote', ['/old.js']);
    writeFileSync(join(folder, 'stale'), '');
    installKernelspec(at, 'halfnote', ['/new.js']);
    expect(readdirSync(folder).sort()).toEqual(['kernel.json', 'logo-svg.svg']);
    expect(readFileSync(join(folder, 'kernel.json'), 'utf8')).toContain('/new.js');
    expect(readdirSync(join(at.prefix, 'share', 'jupyter', 'kernels'))).toEqual(['halfnote']);
  });

  it('is removed by uninstall, which says when there is none', () => {
    const at = place();
    const folder = installKernelspec(at, 'halfnote', ['/main.js']);
    expect(uninstallKernelspec(at, 'halfnote')).toBe(folder);
    expect(existsSync(folder)).toBe(false);
    expect(() => uninstallKernelspec(at, 'halfnote')).toThrow('No kernelspec "halfnote"');
  });

  it.each(['', '..', 'a/b', 'a b'])('refuses the name "%s"', (name) => {
    expect(() => installKernelspec(place(), name, ['/main.js'])).toThrow(`name is "${name}"`);
  });

  it('says where it cannot write', () => {
    const at = place();
    writeFileSync(join(at.prefix, 'share'), 'a file where a folder must be');
    expect(() => installKernelspec(at, 'halfnote', ['/main.js'])).toThrow(/Can't write.*share/);
  });
});
