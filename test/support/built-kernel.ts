import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const kernel = resolve(__dirname, '..', '..', 'kernel');
const COMPILER = resolve(kernel, '..', 'node_modules', 'typescript', 'bin', 'tsc');

/** What runs in a process of its own runs from `dist`: tests are only of use when that is what the sources say. */
export function buildIfStale(): void {
  const built = modified(join(kernel, 'dist', '.tsbuildinfo'));
  const sources = join(kernel, 'src');
  const newest = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(?:test|fixture)\.ts$/.test(file))
    .reduce((latest, file) => Math.max(latest, modified(join(sources, file))), 0);
  if (newest < built && modified(join(kernel, 'dist', 'runtime', 'process', 'main.js')) > 0) return;
  try {
    execFileSync(process.execPath, [COMPILER, '-b', 'kernel'], {
      cwd: resolve(kernel, '..'),
      stdio: 'pipe',
    });
  } catch (error) {
    // Type errors are for the lint; what matters here is whether it emitted.
    if (modified(join(kernel, 'dist', 'runtime', 'process', 'main.js')) === 0) {
      throw new Error('kernel/dist is missing and could not be built: run `npx tsc -b kernel`', {
        cause: error,
      });
    }
  }
}

function modified(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
