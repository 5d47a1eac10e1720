import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wasmFormats } from '../../backend/support';
import { noteFacts, readNotedFacts } from '../../backend/noted-facts';
import type { DeviceFacts } from '../../backend/contract';
import { engineSettings, engineVersions } from './engine';

const WASM: DeviceFacts = {
  engine: 'wasm',
  engineVersion: '4.22.0',
  device: 'cpu',
  deviceName: 'A processor',
  threads: 2,
  isa: [],
  formats: wasmFormats('tfjs WebAssembly 4.22.0'),
  int8ReduceRange: false,
};

describe('the engine of a run', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'halfnote-engine-')), 'backend');

  it('is the one that its processes have loaded, whatever lies on the disk', () => {
    expect(readNotedFacts(path)).toEqual([]);
    noteFacts(WASM, path);
    noteFacts(WASM, path);
    const engines = readNotedFacts(path);
    expect(engineSettings(engines)).toEqual({
      engine: 'tfjs WebAssembly 4.22.0',
      engineDevice: 'A processor',
      nativeFormats: 'fp32',
    });
    expect(engineVersions(engines)).toEqual({ '@tensorflow/tfjs-backend-wasm': '4.22.0' });
    appendFileSync(path, '{"engine":"tensorf');
    expect(readNotedFacts(path)).toEqual(engines);
  });

  it('is none where none was loaded, and both where trials differ', () => {
    expect(engineSettings([])).toEqual({ engine: null, engineDevice: null, nativeFormats: null });
    expect(engineVersions([])).toEqual({});
    const [wasm] = readNotedFacts(path);
    if (wasm === undefined) throw new Error('nothing was noted');
    const other = { ...wasm, engine: 'tensorflow', name: 'TensorFlow 2.21.0 (oneDNN)' } as const;
    expect(engineSettings([wasm, other])['engine']).toBe(
      'tfjs WebAssembly 4.22.0; TensorFlow 2.21.0 (oneDNN)',
    );
  });

  it('is left out, and nothing fails, where it cannot be noted', () => {
    noteFacts(WASM, join(path, 'none'));
    expect(readNotedFacts(join(path, 'none'))).toEqual([]);
  });
});
