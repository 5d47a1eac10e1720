import { describe, expect, it } from 'vitest';
import { Missing, checkNode, noteOnNode, pythonNames, tensorflowFor } from './requirements.mjs';

describe('the Node.js that runs us', () => {
  it.each(['18.20.0', '20.11.1'])('%s is refused, with what is needed', (version) => {
    expect(() => checkNode(version)).toThrow(Missing);
    expect(() => checkNode(version)).toThrow(
      `Node.js ${version} is too old: Halfnote needs 20.12 or newer, best 22 or 24.`,
    );
  });

  it.each(['20.12.0', '20.20.2', '22.0.0', '24.19.0', '26.1.0'])('%s is taken', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each([
    ['20.20.2', /^Node\.js 20\.20\.2 is past its end of life: .* Supported are 22 and 24\.$/],
    ['23.1.0', /past its end of life/],
    ['25.3.0', /past its end of life/],
    ['26.1.0', /^Node\.js 26\.1\.0 is newer than what Halfnote is tested in\. Supported are 22 /],
  ])('%s is told of in one line', (version, line) => {
    expect(noteOnNode(version)).toMatch(line);
  });

  it.each(['22.12.0', '24.0.0'])('%s is supported, and nothing is said', (version) => {
    expect(noteOnNode(version)).toBeUndefined();
  });
});

describe('the TensorFlow of a machine', () => {
  const machine = { platform: 'linux', arch: 'x64', python: '3.12.4', hasNvidia: false };

  it.each([
    [{}, 'tensorflow-cpu==2.21.0'],
    [{ python: '3.10.0' }, 'tensorflow-cpu==2.21.0'],
    [{ hasNvidia: true }, 'tensorflow[and-cuda]==2.21.0'],
    [{ arch: 'arm64' }, 'tensorflow==2.21.0'],
    // Its wheel is for CPUs alone.
    [{ arch: 'arm64', hasNvidia: true }, 'tensorflow==2.21.0'],
    [{ platform: 'darwin', arch: 'arm64' }, 'tensorflow==2.21.0'],
  ])('with %j is %s', (difference, expected) => {
    expect(tensorflowFor({ ...machine, ...difference })).toEqual({ package: expected });
  });

  it.each([
    [{ platform: 'darwin' }, 'TensorFlow 2.21.0 has no wheel for macOS on x64'],
    [{ platform: 'linux', arch: 'ppc64' }, 'TensorFlow 2.21.0 has no wheel for linux on ppc64'],
    [{ platform: 'freebsd' }, 'TensorFlow 2.21.0 has no wheel for freebsd on x64'],
    [{ platform: 'win32' }, 'the native binding is not built on Windows'],
    [{ platform: 'win32', arch: 'arm64' }, 'the native binding is not built on Windows'],
    [
      { python: '3.14.1' },
      'TensorFlow 2.21.0 has no wheel for Python 3.14; with 3.10 to 3.13 (name one in HALFNOTE_PYTHON) it would be used',
    ],
  ])('with %j is none, and it is said why', (difference, reason) => {
    expect(tensorflowFor({ ...machine, ...difference })).toEqual({ package: undefined, reason });
  });
});

it('looks for Python by the names that it has on the platform', () => {
  expect(pythonNames('linux')).toEqual([
    ...['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'],
  ]);
  expect(pythonNames('win32')).toEqual(['python', 'python3']);
});
