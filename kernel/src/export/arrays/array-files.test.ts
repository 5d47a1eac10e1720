import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { python } from '../../formats/ml-dtypes.fixture';
import { ensureBackend } from '../../start';
import {
  loadNpy,
  loadNpz,
  loadSafetensors,
  saveNpy,
  saveNpz,
  saveSafetensors,
} from './array-files';
import type { ArrayType } from './element-types';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-arrays-'));
const at = (name: string): string => join(folder, name);

interface Told {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** What NumPy makes of files: `script` fills `out` with arrays by name. */
function told(script: string): Readonly<Record<string, Told>> {
  const text = python(
    `import json, os, io\nos.chdir(${JSON.stringify(folder)})\nout = {}\n${script}\n` +
      `put(np.frombuffer(json.dumps({k: {'shape': list(v.shape), 'values': [float(x) for x in np.asarray(v).astype(np.float64).ravel()]} for k, v in out.items()}).encode(), np.uint8))`,
  );
  return JSON.parse(String(text)) as Readonly<Record<string, Told>>;
}

async function same(tensor: tf.Tensor, expected: Told | undefined): Promise<void> {
  expect({ shape: tensor.shape, values: [...(await tensor.data())] }).toEqual(expected);
}

beforeAll(async () => {
  await ensureBackend();
});

describe('.npy and .npz of NumPy', () => {
  it('are read in every version, type, order of bytes and of axes', async () => {
    const types = ['?', 'i1', 'u1', '<i2', '>i2', '<u2', '<i4', '>i4', '>u4', '<i8', '>i8', '<u8'];
    types.push('<f2', '>f2', '<f4', '>f4', '<f8', '>f8');
    const expected = told(`
from numpy.lib import format
x = (np.arange(24).reshape(2, 3, 4) * 5 - 60)
for i, t in enumerate(${JSON.stringify(types)}):
    a = np.abs(x).astype(t) if 'u' in t or t == '?' else x.astype(t)
    a = np.asfortranarray(a) if i % 2 else a
    with open(f't{i}.npy', 'wb') as f: format.write_array(f, a, version=(1 + i % 3, 0))
    out[f't{i}'] = a
for name, a in {'scalar': np.float32(2.5), 'empty': np.zeros((0, 3), np.float32), 'line': np.float32([1, 2])}.items():
    np.save(name, a); out[name] = np.asarray(a)`);
    for (const name of Object.keys(expected))
      await same(await loadNpy(at(`${name}.npy`)), expected[name]);
  });

  it('are packed or not, in a ZIP of either size', async () => {
    const expected = told(`
out = {'a': np.float32([[1, 2], [3, 4]]), 'b/c': np.int64([7, -7])}
np.savez('plain', **out); np.savez_compressed('packed', **out)`);
    for (const file of ['plain', 'packed']) {
      const found = await loadNpz(at(`${file}.npz`));
      expect(Object.keys(found)).toEqual(['a', 'b/c']);
      for (const [name, tensor] of Object.entries(found)) await same(tensor, expected[name]);
    }
  });

  it('are read by NumPy as they were written', async () => {
    await saveNpy(
      at('f.npy'),
      tf.tensor2d([
        [1.5, -2],
        [3, 0.1],
      ]),
    );
    await saveNpy(at('scalar.npy'), tf.scalar(4, 'int32'));
    await saveNpy(at('line.npy'), tf.tensor1d([true, false], 'bool'));
    await saveNpy(at('half.npy'), tf.tensor1d([0.1, 65504]), { dtype: 'float16' });
    await saveNpy(at('long.npy'), tf.tensor1d([-1, 2], 'int32'), { dtype: 'int64' });
    const tensors = { 'layer/kernel': tf.ones([2, 3]), b: tf.range(0, 5, 1, 'int32') };
    await saveNpz(at('mine.npz'), tensors);
    await saveNpz(at('small.npz'), tensors, { compress: true });
    const found = told(`
types = {}
for n in ['f', 'scalar', 'line', 'half', 'long']: out[n] = np.load(n + '.npy', allow_pickle=False); types[n] = out[n].dtype.str
assert types == {'f': '<f4', 'scalar': '<i4', 'line': '|b1', 'half': '<f2', 'long': '<i8'}, types
import zipfile
for z in ['mine', 'small']:
    assert zipfile.ZipFile(z + '.npz').testzip() is None
    for k, v in np.load(z + '.npz').items(): out[z + k] = v`);
    const { f, half } = found;
    expect(f).toEqual({ shape: [2, 2], values: [1.5, -2, 3, Math.fround(0.1)] });
    expect(half?.values[1]).toBe(65504);
    expect(found.scalar).toEqual({ shape: [], values: [4] });
    expect(found['minelayer/kernel']).toEqual({ shape: [2, 3], values: [1, 1, 1, 1, 1, 1] });
    expect(found.smallb).toEqual({ shape: [5], values: [0, 1, 2, 3, 4] });
  });

  it('are refused with the reason where they hold no numbers, too large ones, or too few', async () => {
    told(`
np.save('objects', np.array([{}], object), allow_pickle=True)
np.save('text', np.array(['a'])); np.save('complex', np.complex64([1]))
np.save('records', np.zeros(2, [('a', 'f4'), ('b', 'i4')]))
import ml_dtypes
np.save('bf16', np.ones(2, ml_dtypes.bfloat16))
np.save('wide', np.int64([1, 2**40]))
data = open('t14.npy', 'rb').read()
open('cut.npy', 'wb').write(data[:-1]); open('head.npy', 'wb').write(data[:11])
z = bytearray(open('plain.npz', 'rb').read()); z[200] ^= 1
open('damaged.npz', 'wb').write(z); open('short.npz', 'wb').write(z[:-30])`);
    const reasons = {
      objects: /holds Python objects, which are pickled: to read them runs code/,
      text: /holds text\. Allowed: bool, int8/,
      complex: /holds complex numbers/,
      records: /holds records of several fields/,
      bf16: /holds .*bfloat16/,
      wide: /Value 1 of wide\.npy is 1099511627776 \(int64\), which tfjs has no tensor for: its int32 holds/,
      cut: /its header says float32 \[2, 3, 4\], 96 bytes, and 95 follow/,
      head: /it ends within its header/,
      'nowhere/x': /Can't read .*ENOENT/,
    };
    for (const [name, reason] of Object.entries(reasons))
      await expect(loadNpy(at(`${name}.npy`))).rejects.toThrow(reason);
    await expect(loadNpz(at('damaged.npz'))).rejects.toThrow(/is damaged/);
    await expect(loadNpz(at('short.npz'))).rejects.toThrow(/it is no ZIP, or was cut off/);
    await expect(saveNpy(at('no.npy'), tf.scalar(70000), { dtype: 'float16' })).rejects.toThrow(
      "Value 0 of The tensor is 70000, which float16 doesn't hold.",
    );
    await expect(saveNpy(at('no.npy'), tf.scalar(1.5), { dtype: 'int8' })).rejects.toThrow(
      'is made of int32 or bool, not of a float32 tensor',
    );
    await expect(saveNpy(at('no.npy'), tf.scalar(1), { dtype: 'bfloat16' })).rejects.toThrow(
      'no such type',
    );
    expect(readdirSync(folder)).not.toContain('no.npy');
  });
});

describe('.safetensors', () => {
  const TYPES: readonly (readonly [ArrayType, string])[] = [
    ['bool', 'bool'],
    ['int8', 'int8'],
    ['uint8', 'uint8'],
    ['int16', 'int16'],
    ['uint16', 'uint16'],
    ['int32', 'int32'],
    ['uint32', 'uint32'],
    ['int64', 'int64'],
    ['uint64', 'uint64'],
    ['float16', 'float16'],
    ['float32', 'float32'],
    ['float64', 'float64'],
    ['bfloat16', 'bfloat16'],
    ['float8_e4m3fn', 'float8_e4m3fn'],
    ['float8_e5m2', 'float8_e5m2'],
  ];
  const judge = `
import safetensors.numpy as st, safetensors, ml_dtypes, struct
x = np.array([[0, 1, 2], [3, 4, 5]])`;

  it('of its own library are read in every type, with their metadata', async () => {
    const expected = told(`${judge}
for t in ${JSON.stringify(TYPES.map(([, name]) => name))}: out[t] = x.astype(getattr(ml_dtypes, t, None) or t)
out['scalar'] = np.float32(7); out['none'] = np.zeros((0, 2), np.float32)
out = {k: np.asarray(v) for k, v in out.items()}
st.save_file(out, 'theirs.safetensors', metadata={'made': 'by them'})`);
    const { tensors, metadata } = await loadSafetensors(at('theirs.safetensors'));
    expect(metadata).toEqual({ made: 'by them' });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, tensor] of Object.entries(tensors)) await same(tensor, expected[name]);
  });

  it('are read by its own library as they were written, each aligned to its width', async () => {
    for (const [dtype] of TYPES) {
      const isFloat = dtype.includes('float');
      const x = tf.tensor2d(
        [
          [0, 1, 2],
          [1, 1, 0],
        ],
        [2, 3],
        isFloat ? 'float32' : 'int32',
      );
      const given = dtype === 'bool' ? x.greater(0) : x;
      await saveSafetensors(at(`${dtype}.safetensors`), { x: given }, { dtype });
    }
    await saveSafetensors(
      at('mixed.safetensors'),
      { flag: tf.tensor1d([true], 'bool'), 'a/ü': tf.ones([3]), n: tf.scalar(2, 'int32') },
      { metadata: { format: 'pt', by: 'halfnote' } },
    );
    const found = told(`${judge}
for t in ${JSON.stringify(TYPES.map(([type]) => type))}:
    # Its own numpy.load_file knows no float8.
    [(_, e)] = safetensors.deserialize(open(t + '.safetensors', 'rb').read())
    out[t] = np.frombuffer(bytes(e['data']), getattr(ml_dtypes, t, None) or t).reshape(e['shape'])
    assert t.startswith('float8') or str(st.load_file(t + '.safetensors')['x'].dtype) == t
for k, v in st.load_file('mixed.safetensors').items(): out[k] = v
assert safetensors.safe_open('mixed.safetensors', 'np').metadata() == {'format': 'pt', 'by': 'halfnote'}
raw = open('mixed.safetensors', 'rb').read()
n = struct.unpack('<Q', raw[:8])[0]; h = json.loads(raw[8:8 + n]); h.pop('__metadata__')
width = {'F32': 4, 'I32': 4, 'BOOL': 1}
assert n % 8 == 0 and all(e['data_offsets'][0] % width[e['dtype']] == 0 for e in h.values())`);
    for (const [dtype] of TYPES) {
      const values = dtype === 'bool' ? [0, 1, 1, 1, 1, 0] : [0, 1, 2, 1, 1, 0];
      expect(found[dtype], dtype).toEqual({ shape: [2, 3], values });
    }
    expect(found['a/ü']).toEqual({ shape: [3], values: [1, 1, 1] });
    expect(found.n).toEqual({ shape: [], values: [2] });
  });

  it('are refused where the header lies', async () => {
    const file = (header: unknown, data = 8): string => {
      const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      const path = at('bad.safetensors');
      writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(data)]));
      return path;
    };
    const entry = (dtype: string, shape: unknown, from: number, to: number): unknown => ({
      dtype,
      shape,
      data_offsets: [from, to],
    });
    const cases: readonly (readonly [unknown, RegExp])[] = [
      ['[]', /its header is no JSON object/],
      [{ a: entry('F32', [2], 0, 4) }, /'a' is F32 \[2\], 8 bytes, at bytes 0 to 4/],
      [{ a: entry('F32', [1], 4, 8) }, /'a' does not begin where the one before it ends/],
      [{ a: entry('F32', [2], 0, 8), b: entry('I8', [4], 2, 6) }, /'b' does not begin where/],
      [{ a: entry('F32', [1], 0, 4) }, /its tensors take 4 bytes, and 8 follow/],
      [{ a: entry('F32', [-2], 0, 8) }, /lacks its dtype, shape or data_offsets/],
      [{ a: entry('Q9', [2], 0, 8) }, /'a' of .* is Q9\. Allowed: BOOL, I8/],
      [{ a: entry('F32', [2], 0, 8), __metadata__: { n: 1 } }, /something else than texts/],
    ];
    for (const [header, reason] of cases)
      await expect(loadSafetensors(file(header))).rejects.toThrow(reason);
    writeFileSync(at('bad.safetensors'), Buffer.alloc(9, 255));
    await expect(loadSafetensors(at('bad.safetensors'))).rejects.toThrow(/longer than the file/);
    expect(readFileSync(at('bad.safetensors'))).toHaveLength(9);
  });
});
