import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import vm from 'node:vm';
import { homeFolder } from '../../files/home-folder';

/** A CommonJS module, and the way to make its next load quick. */
export interface CachedModule {
  readonly exports: unknown;
  /** Whether V8 took compiled code from the cache. */
  readonly wasCached: boolean;
  /** Writes what V8 has compiled so far; worth it once the module has done its usual work. */
  store(): void;
}

/** The user's own cache folder: code that is run must not lie where others can write. */
export function codeCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME;
  return join(base === undefined || base === '' ? join(homeFolder(), '.cache') : base, 'halfnote');
}

/**
 * What compiled code belongs to. V8's tag leaves out what Node.js changes in it: 20.18's compiled code ends
 * a process of 20.20, so it goes by the program and its version too.
 */
function cacheKey(file: string): string {
  const marks = [process.execPath, file].map((path) => {
    const { size, mtimeMs } = statSync(path);
    return `${path} ${size} ${mtimeMs}`;
  });
  const key = [...marks, process.version, process.arch, cachedDataVersionTag()].join('\n');
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/**
 * Loads the CommonJS module in `file` with code that V8 compiled in an earlier process. V8 checks
 * that it belongs to the source and to this version of itself, and compiles anew where it does not;
 * a cache that cannot be read or written costs nothing but time.
 */
export function loadWithCodeCache(file: string, folder: string): CachedModule {
  const cacheFile = join(folder, `typescript-${process.version}-${cacheKey(file)}.cache`);
  const cachedData = readIfThere(cacheFile);
  const script = new vm.Script(Module.wrap(readFileSync(file, 'utf8')), {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const module = { exports: {} as unknown };
  const run = script.runInThisContext() as (...parts: unknown[]) => void;
  run.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  const wasCached = cachedData !== undefined && script.cachedDataRejected !== true;
  return {
    get exports() {
      return module.exports;
    },
    wasCached,
    store() {
      const partial = `${cacheFile}.${process.pid}`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
      } catch {
        return;
      }
      try {
        writeFileSync(partial, script.createCachedData(), { mode: 0o600 });
        // Whole or not at all: several kernels may start at once.
        renameSync(partial, cacheFile);
      } catch {
        rmSync(partial, { force: true });
      }
    },
  };
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
