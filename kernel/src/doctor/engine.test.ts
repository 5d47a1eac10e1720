import { describe, expect, it } from 'vitest';
import type { DeviceFacts } from '../backend/contract';
import type { NativeLack } from '../backend/lack';
import type { Installation } from '../installation';
import { engineFinding, type EngineState } from './engine';
import type { PythonFacts } from './python';

const checkout: Installation = { kind: 'checkout', folder: '/co', environment: '/co/.venv' };
const wheel: Installation = { kind: 'wheel', python: '/venv/bin/python', prefix: '/venv' };
const npm: Installation = { kind: 'npm' };

const NATIVE: EngineState = {
  facts: { engineVersion: '2.21.0', device: 'cpu' } as DeviceFacts,
  isNative: true,
  library: '/tf/libtensorflow_cc.so.2',
  addon: { isPortable: false, builtFor: '2.21.0' },
  failure: undefined,
};

function without(lack: NativeLack): EngineState {
  const reason = "TensorFlow can't be loaded: it says why";
  return {
    ...NATIVE,
    isNative: false,
    library: undefined,
    addon: undefined,
    failure: { reason, lack },
  };
}

function python(version: string, change: Partial<PythonFacts['place']> = {}): PythonFacts {
  const folder = '/venv/lib/python3/site-packages';
  const place = { folder, isWritable: true, hasUserSite: false, hasPip: true, isManaged: false };
  return { version, prefix: '/venv', place: { ...place, ...change }, distributions: [] };
}

describe('the engine', () => {
  it.each([checkout, wheel, npm])('is in order with TensorFlow, for $kind', (installation) => {
    expect(engineFinding(NATIVE, installation)).toEqual({
      name: 'engine',
      value: 'TensorFlow 2.21.0 on the CPU (/tf/libtensorflow_cc.so.2)',
      state: 'ok',
    });
    expect(engineFinding({ ...NATIVE, addon: undefined }, installation).state).toBe('ok');
  });

  it('says which binding serves a TensorFlow that ours was not built for', () => {
    const facts = { ...NATIVE.facts, engineVersion: '2.18.1' };
    const addon = { isPortable: true, builtFor: '2.21.0' };
    expect(engineFinding({ ...NATIVE, facts, addon }, wheel)).toMatchObject({
      state: 'note',
      value: expect.stringMatching(
        /^TensorFlow 2\.18\.1 .*portable binding.*no fused kernels$/,
      ) as string,
      hint: 'The binding with fused kernels was built for TensorFlow 2.21.0.',
    });
  });

  // Which TensorFlow a machine can have, and how it gets that, is tested in remedies.
  it.runIf(process.platform === 'linux')(
    'is missing without TensorFlow where that can be had by a command',
    () => {
      const none = without('tensorflow');
      // A checkout whose environment is gone.
      expect(engineFinding(none, checkout)).toMatchObject({
        state: 'missing',
        fix: { argv: ['npm', 'run', 'setup'], folder: '/co' },
      });
      const found = engineFinding(none, wheel, python('3.12.1'));
      expect(found.state).toBe('missing');
      expect(found.fix?.argv.slice(0, 4)).toEqual(['/venv/bin/python', '-m', 'pip', 'install']);
      const distributions = [{ name: 'tensorflow-cpu', version: '2.21.0', folder: '/venv' }];
      const broken = engineFinding(none, wheel, { ...python('3.12.1'), distributions });
      // pip would say that it is there.
      expect(broken.fix?.argv.slice(4)).toEqual([
        ...['--force-reinstall', '--no-deps', 'tensorflow-cpu==2.21.0'],
      ]);
      const locked = engineFinding(none, wheel, python('3.12.1', { isWritable: false }));
      expect(locked.state).toBe('missing');
      expect(locked.hint).toContain('is read-only for you');
      expect(locked.fix).toBeUndefined();
    },
  );

  it('is a note without TensorFlow where none can be had, or none is needed', () => {
    const none = without('tensorflow');
    const late = engineFinding(none, wheel, python('3.14.0'));
    expect(late.state).toBe('note');
    expect(late.hint).toMatch(/Python 3\.14\.0|can use on/);
    const library = engineFinding(none, npm);
    expect(library.state).toBe('note');
    expect(library.hint).toContain('WebAssembly serves');
  });

  it.each([checkout, wheel, npm])(
    'that is there and fails is missing for $kind',
    (installation) => {
      for (const lack of ['misnamed', 'binding', 'refused'] as const) {
        const found = engineFinding(without(lack), installation);
        expect(found.state).toBe('missing');
        expect(found.hint).toMatch(/^TensorFlow can't be loaded: it says why\. [A-Za-z]/);
      }
      expect(engineFinding(without('asked'), installation).state).toBe('note');
      expect(engineFinding({ ...without('asked'), failure: undefined }, installation).state).toBe(
        'missing',
      );
    },
  );
});
