import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { jupyterDataFolder, sharedFolder } from '../doctor/places';
import { HalfnoteError } from '../errors';
import { ownCommand } from '../installation';
import type { KernelPlace } from '../remedies/remedies';

export const DEFAULT_NAME = 'halfnote';

/** The `kernel.json` of a command: by default that of this installation, as a wheel's launcher or Node.js starts it. */
export function kernelspec(
  command: readonly string[] = ownCommand(),
): Readonly<Record<string, unknown>> {
  return {
    argv: [...command, 'kernel', '{connection_file}'],
    display_name: 'TypeScript (Halfnote)',
    language: 'typescript',
    interrupt_mode: 'message',
    metadata: { debugger: true },
  };
}

/**
 * Writes the kernelspec and returns its folder. The folder appears whole or not at all, and replaces
 * one of the same name.
 */
export function installKernelspec(
  place: KernelPlace,
  name: string,
  command: readonly string[] = ownCommand(),
): string {
  const folder = kernelFolder(place, name);
  const parent = dirname(folder);
  const fresh = join(parent, `.${name}-${randomUUID()}`);
  const old = `${fresh}-old`;
  try {
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'kernel.json'), `${JSON.stringify(kernelspec(command), null, 2)}\n`);
    writeFileSync(join(fresh, 'logo-svg.svg'), LOGO);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(fresh, folder);
  } catch (error) {
    if (existsSync(old)) renameSync(old, folder);
    if (existsSync(fresh)) rmSync(fresh, { recursive: true });
    throw notWritable(parent, error);
  }
  rmSync(old, { recursive: true, force: true });
  return folder;
}

/** Removes the kernelspec and returns its folder. Throws `not-installed` when there is none. */
export function uninstallKernelspec(place: KernelPlace, name: string): string {
  const folder = kernelFolder(place, name);
  if (!existsSync(join(folder, 'kernel.json'))) {
    throw new HalfnoteError(
      'not-installed',
      `No kernelspec "${name}" in ${dirname(folder)}`,
      '"jupyter kernelspec list" shows where kernels are installed.',
    );
  }
  rmSync(folder, { recursive: true });
  return folder;
}

function kernelFolder(place: KernelPlace, name: string): string {
  if (!/^[A-Za-z0-9._-]+$/.test(name) || /^\.+$/.test(name)) {
    throw new HalfnoteError(
      'invalid-kernel-name',
      `The kernel's name is "${name}", allowed are letters, digits, ".", "_" and "-"`,
    );
  }
  const data = place.kind === 'user' ? jupyterDataFolder() : sharedFolder(resolve(place.prefix));
  return join(data, 'kernels', name);
}

function notWritable(folder: string, cause: unknown): HalfnoteError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HalfnoteError(
    'not-writable',
    `Can't write the kernelspec in ${folder}: ${reason}`,
    'Choose another place with --user or --prefix.',
    { cause },
  );
}

/** A half note, as the name says. */
export const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">
  <rect width="64" height="64" rx="12" fill="#2f6f8f"/>
  <ellipse cx="27" cy="45" rx="9" ry="6.5" fill="none" stroke="#fff" stroke-width="4" transform="rotate(-24 27 45)"/>
  <path d="M35 41V12" stroke="#fff" stroke-width="4" stroke-linecap="round"/>
</svg>
`;
