import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { loadLibrary } from './ffi';

const LIBRARY = 'libutil.so.1';
const isLoaded = (): boolean => readFileSync('/proc/self/maps', 'utf8').includes(LIBRARY);

describe.runIf(process.platform === 'linux')('loadLibrary', () => {
  it('calls functions of the process itself', () => {
    const getpid = loadLibrary(null).func('int getpid()');
    expect(getpid()).toBe(process.pid);
  });

  it('keeps a library loaded when nobody refers to it', async () => {
    expect(isLoaded()).toBe(false);
    loadLibrary(LIBRARY);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 5; round++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(isLoaded()).toBe(true);
  });

  it('says what the system says of a library that is not there', () => {
    expect(() => loadLibrary('libnone.so')).toThrow(/cannot open shared object file/);
  });
});
