import { expect, it, vi } from 'vitest';
import { ensureBackend } from '../start';

it('a TensorFlow that is named and not there is told of, and WebAssembly serves', async () => {
  vi.stubEnv('HALFNOTE_TENSORFLOW', '/none');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  try {
    expect((await ensureBackend()).engine).toBe('wasm');
    await ensureBackend();
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/HALFNOTE_TENSORFLOW is \/none, where there is no libtensorflow/)],
    ]);
  } finally {
    warn.mockRestore();
    vi.unstubAllEnvs();
  }
});
