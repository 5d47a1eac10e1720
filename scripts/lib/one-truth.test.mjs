/** What stands in several places, since each has to work without the others, says the same in all of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { APPLICATIONS } from '../../kernel/src/doctor/jupyter-versions';
import { OLDEST_NODE } from '../../kernel/src/remedies/node-version';
import { tensorflowPackage } from '../../kernel/src/remedies/tensorflow-package';
import { root } from './paths.mjs';
import { checkNode, tensorflowFor } from './requirements.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');

describe('the TensorFlow of a machine', () => {
  const platforms = ['linux', 'darwin', 'win32'];
  const machines = platforms.flatMap((platform) =>
    ['x64', 'arm64'].flatMap((arch) =>
      ['3.10.4', '3.13.0', '3.14.0'].flatMap((python) =>
        [true, false].map((hasNvidia) => ({ platform, arch, python, hasNvidia })),
      ),
    ),
  );

  it.each(machines)('is that of the set-up and of the kernel’s hints: %j', (machine) => {
    const { package: fromSetup } = tensorflowFor(machine);
    const { name } = tensorflowPackage(machine);
    expect(name).toBe(fromSetup?.replace(/==.*/, ''));
  });

  it('is that of the wheel’s extras', () => {
    const extras = read('packaging/wheel/pyproject.toml');
    const inPython = (platform, arch) =>
      arch === 'x64' ? 'x86_64' : platform === 'darwin' ? 'arm64' : 'aarch64';
    for (const { platform, arch } of machines.filter((one) => !one.hasNvidia)) {
      const machine = inPython(platform, arch);
      const line = new RegExp(
        `"(tensorflow[\\w-]*)>=[^"]*sys_platform == '${platform}' and platform_machine == '${machine}'`,
      ).exec(extras);
      const { name } = tensorflowPackage({ platform, arch, python: '3.12.0', hasNvidia: false });
      expect(line?.[1], `${platform} ${arch}`).toBe(name);
    }
    expect(extras).toContain("python_version < '3.14'");
  });
});

it('the oldest Node.js is that of the packages', () => {
  for (const path of ['package.json', 'kernel/package.json'])
    expect(JSON.parse(read(path)).engines.node).toBe(`>=${OLDEST_NODE}`);
  const [major, minor] = OLDEST_NODE.split('.').map(Number);
  checkNode(`${major}.${minor}.0`);
  expect(() => checkNode(`${major}.${minor - 1}.0`)).toThrow('is too old');
});

it('the newest JupyterLab and Notebook that doctor knows are those of the set-up', () => {
  const requirements = read('requirements.txt');
  for (const { distribution, newest } of APPLICATIONS)
    expect(requirements).toMatch(
      new RegExp(`^${distribution}>=${newest.replace('.', '\\.')},`, 'm'),
    );
  for (const { name, oldest } of APPLICATIONS)
    expect(read('docs/install.md')).toMatch(new RegExp(`\\| ${name} \\| ${oldest} to `));
});
