import { HalfnoteError } from '../../errors';
import { ARRAY_TYPES, type ArrayType, elementBytes, typeCalled } from './element-types';
import { elementCount, type StoredArray } from './stored-array';

/** \x93NUMPY, as NumPy's `numpy.lib.format` specifies the file. */
const MAGIC = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]);
/** The data begin at a multiple of this. */
const ALIGNMENT = 64;

const KINDS: Readonly<Record<string, string>> = {
  O: 'Python objects, which are pickled: to read them runs code that the file brings',
  U: 'text',
  S: 'text',
  c: 'complex numbers',
  M: 'dates',
  m: 'times',
  V: 'raw bytes, as NumPy writes bfloat16 and float8 of ml_dtypes',
};

/**
 * The array of a .npy file's bytes, of version 1, 2 or 3.
 * @param name Of the file, for errors.
 * @throws HalfnoteError `invalid-array-file`, `unsupported-array-type`.
 */
export function parseNpy(bytes: Uint8Array, name: string): StoredArray {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 10 || !file.subarray(0, 6).equals(MAGIC)) throw invalid(name, 'it is no .npy');
  const version = file[6] ?? 0;
  if (version < 1 || version > 3) {
    throw invalid(name, `it is of version ${version}; allowed are 1, 2 and 3`);
  }
  const from = version === 1 ? 10 : 12;
  if (file.length < from) throw invalid(name, 'it ends within its header');
  const end = from + (version === 1 ? file.readUInt16LE(8) : file.readUInt32LE(8));
  if (end > file.length) throw invalid(name, 'it ends within its header');
  const header = readHeader(file.toString(version === 3 ? 'utf8' : 'latin1', from, end), name);
  const { type, shape } = header;
  const size = elementBytes(type);
  const length = elementCount(shape) * size;
  if (!Number.isSafeInteger(length) || file.length - end !== length) {
    throw invalid(
      name,
      `its header says ${type} [${shape.join(', ')}], ${length} bytes, and ${file.length - end} follow`,
    );
  }
  const data = Uint8Array.from(file.subarray(end));
  if (header.isBigEndian) reverseEach(data, size);
  return { type, shape, bytes: header.isFortran ? rowMajor(data, shape, size) : data };
}

/** The bytes of a .npy file, of version 1. @throws HalfnoteError `unsupported-array-type`. */
export function writeNpy({ type, shape, bytes }: StoredArray, name: string): Uint8Array {
  const { numpy } = ARRAY_TYPES[type];
  const size = elementBytes(type);
  if (numpy === undefined) {
    throw new HalfnoteError(
      'unsupported-array-type',
      `${name} can't be ${type} in .npy, which has no such type.`,
      'Write it as .safetensors, or as float32.',
    );
  }
  const sizes = shape.length === 1 ? `${shape[0] ?? 0},` : shape.join(', ');
  const descr = `${size === 1 ? '|' : '<'}${numpy}`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const total = Math.ceil((11 + text.length) / ALIGNMENT) * ALIGNMENT;
  const head = Buffer.alloc(10);
  MAGIC.copy(head);
  head[6] = 1;
  head.writeUInt16LE(total - 10, 8);
  return Buffer.concat([head, Buffer.from(`${text.padEnd(total - 11)}\n`, 'latin1'), bytes]);
}

interface Header {
  readonly type: ArrayType;
  readonly shape: readonly number[];
  readonly isFortran: boolean;
  readonly isBigEndian: boolean;
}

/** Reads the Python dictionary of a header; nothing of it is evaluated. */
function readHeader(text: string, name: string): Header {
  const [, descr] = /'descr'\s*:\s*'([^']*)'/.exec(text) ?? [];
  const [, order] = /'fortran_order'\s*:\s*(True|False)/.exec(text) ?? [];
  const [, sizes] = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text) ?? [];
  if (/'descr'\s*:\s*\[/.test(text)) {
    throw unsupported(name, 'records of several fields', 'Save each field as an array of its own.');
  }
  if (descr === undefined || order === undefined || sizes === undefined) {
    throw invalid(name, `its header can't be read: ${text.trim().slice(0, 120)}`);
  }
  const [, byteOrder = '', kind = ''] = /^([<>|=]?)(\w+)/.exec(descr) ?? [];
  const type = typeCalled('numpy', kind);
  if (type === undefined) {
    const what = KINDS[kind.charAt(0)] ?? `of the type '${descr}'`;
    throw unsupported(name, what, "Save it in NumPy as numbers: x.astype('float32').");
  }
  const shape = sizes.split(',').flatMap((one) => (one.trim() === '' ? [] : [parseInt(one, 10)]));
  return { type, shape, isFortran: order === 'True', isBigEndian: byteOrder === '>' };
}

/** Turns the bytes of each element round, in place. */
function reverseEach(data: Uint8Array, size: number): void {
  for (let at = 0; at < data.length; at += size) data.subarray(at, at + size).reverse();
}

/** The elements with the last axis running fastest, of ones with the first doing so. */
function rowMajor(data: Uint8Array, shape: readonly number[], size: number): Uint8Array {
  const result = new Uint8Array(data.length);
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  for (let to = 0; to < data.length; to += size) {
    const from = index.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), 0) * size;
    for (let byte = 0; byte < size; byte++) result[to + byte] = data[from + byte] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      index[axis] = 0;
    }
  }
  return result;
}

function invalid(name: string, why: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-array-file',
    `${name} is no array: ${why}.`,
    'Write it again with numpy.save(), or copy it again.',
  );
}

function unsupported(name: string, what: string, hint: string): HalfnoteError {
  const allowed = Object.entries(ARRAY_TYPES).filter(([, { numpy }]) => numpy !== undefined);
  return new HalfnoteError(
    'unsupported-array-type',
    `${name} holds ${what}. Allowed: ${allowed.map(([type]) => type).join(', ')}.`,
    hint,
  );
}
