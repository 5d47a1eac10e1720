import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createProgram } from './program';

async function halfnote(...args: string[]): Promise<string[]> {
  const printed: string[] = [];
  const program = createProgram((text) => printed.push(text));
  await program.parseAsync(args, { from: 'user' });
  return printed;
}

describe('the command', () => {
  it('installs and uninstalls a kernel of a chosen name, and says where', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'halfnote-'));
    const folder = join(prefix, 'share', 'jupyter', 'kernels', 'mine');
    expect(await halfnote('install', '--prefix', prefix, '--name', 'mine')).toEqual([
      `Installed the kernel "mine" in ${folder}`,
    ]);
    expect(existsSync(join(folder, 'kernel.json'))).toBe(true);
    expect(await halfnote('uninstall', '--sys-prefix', prefix, '--name', 'mine')).toEqual([
      `Removed ${folder}`,
    ]);
    expect(existsSync(folder)).toBe(false);
  });

  it('installs into the active Python environment', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'halfnote-'));
    vi.stubEnv('VIRTUAL_ENV', prefix);
    const folder = join(prefix, 'share', 'jupyter', 'kernels', 'halfnote');
    expect(await halfnote('install', '--sys-prefix')).toEqual([
      `Installed the kernel "halfnote" in ${folder}`,
    ]);
    expect(await halfnote('uninstall', '--sys-prefix')).toEqual([`Removed ${folder}`]);
    await expect(halfnote('uninstall', '--sys-prefix')).rejects.toThrow(
      'No kernelspec "halfnote" in',
    );
    vi.unstubAllEnvs();
  });

  it('says what is here, as text and as JSON', async () => {
    const [text = ''] = await halfnote('doctor');
    const [json = ''] = await halfnote('doctor', '--json');
    const { formats } = JSON.parse(json) as { formats: { format: string; reason: string }[] };
    expect(formats.map(({ format }) => format)).toContain('bf16');
    for (const { reason } of formats) expect(text).toContain(reason);
  });

  it('fixes what is missing only when asked to', async () => {
    await expect(halfnote('doctor', '--yes')).rejects.toThrow('--yes is for --fix');
    await expect(halfnote('doctor', '--json', '--fix')).rejects.toThrow('Only one of --json and');
    const before = process.exitCode;
    const printed = (await halfnote('doctor', '--fix')).join('\n');
    // Without a terminal, whatever it is that this machine lacks.
    expect(printed).toMatch(/Nothing to fix\.$|Nothing was run: .*$|No command does it for you/);
    process.exitCode = before;
  });

  it('names each command and option in its help', () => {
    const program = createProgram();
    expect(program.commands.map((command) => command.name())).toEqual([
      'kernel',
      'install',
      'uninstall',
      'doctor',
      'run',
      'sweep',
      'convert',
      'report',
      'verify',
      'diff',
      'export',
      'quantize',
      'grade',
    ]);
    for (const command of program.commands) {
      expect(command.description()).not.toBe('');
      for (const option of command.options) expect(option.description).not.toBe('');
    }
  });

  it('refuses two places at once', async () => {
    await expect(halfnote('install', '--user', '--prefix', '/x')).rejects.toThrow(
      'Only one of --user, --sys-prefix and --prefix can be given',
    );
  });

  it('says where it cannot install', async () => {
    await expect(halfnote('install', '--prefix', '/dev/null')).rejects.toThrow(
      /Can't write the kernelspec in \/dev\/null\/share.*\nChoose another place/,
    );
  });

  it('says that a notebook is missing', async () => {
    await expect(halfnote('run', '/nowhere.ipynb')).rejects.toThrow(
      "Can't run /nowhere.ipynb: ENOENT: no such file or directory",
    );
  });

  it('says that a connection file is missing', async () => {
    await expect(halfnote('kernel', '/nowhere.json')).rejects.toThrow(
      "Can't use the connection file /nowhere.json",
    );
  });
});
