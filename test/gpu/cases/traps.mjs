import assert from 'node:assert/strict';
import { PROBES } from '../lib/probes.mjs';

const FORMATS = ['bf16', 'fp16'];
/** Half a unit of the last place: the relative error of one rounding. */
const ROUNDING = { bf16: 2 ** -8, fp16: 2 ** -11 };
/** One rounding, and what lies between two orders of adding up in fp32. */
const ONE = 1.1;

/** Which kernel of a CPU rounds on the way hangs on its instructions, and how slow it is only `npm run bench` shows. */
const hangsOnCpu = ({ roundResult }) => roundResult;
/** Right on CPUs, as TensorFlow 2.21 adds up in fp32 there; on GPUs nobody has looked yet. */
const UNNEEDED_ON_CPU = ['SparseSegmentMean'];

/**
 * Each op that some device has a trap for, called without it: where this device has the trap, its kernel in 16
 * bits must still be wrong or missing; where it has none, right.
 */
export const trapCases = {
  'every op of the table of traps is probed': everyOp,
  ...Object.fromEntries(
    Object.keys(PROBES).map((op) => [`${op} in 16 bits is as the traps say`, asSaid(op)]),
  ),
};

function everyOp({ trapOps }) {
  const missing = Object.values(trapOps)
    .flat()
    .filter((op) => !(op in PROBES));
  assert.deepEqual(missing, []);
}

function asSaid(op) {
  return (setting) => {
    const { deviceTraps, facts } = setting;
    const seen = FORMATS.map((format) => {
      const trap = deviceTraps().find((one) => one.op === op && one.formats.includes(format));
      return { format, trap, ...measure(setting, op, format) };
    });
    const text = seen.map(({ format, says }) => `${format} ${says}`).join(', ');
    const trapped = seen.filter(({ trap }) => trap !== undefined);
    const isNeeded = trapped.some(({ isRight }) => !isRight);
    const mustBe =
      trapped.some(({ trap }) => !hangsOnCpu(trap)) &&
      !(facts.device === 'cpu' && UNNEEDED_ON_CPU.includes(op));
    assert.ok(isNeeded || !mustBe, `on this ${facts.device} it needs no trap: ${text}`);
    for (const { format, trap, isRight, says } of seen) {
      const counts = trap === undefined && facts.formats[format].execution === 'native';
      assert.ok(!counts || isRight, `on this ${facts.device} it needs a trap: ${format} ${says}`);
    }
    if (trapped.length === 0) return `${text}; no trap`;
    return `${text}; ${isNeeded ? 'trapped' : 'trapped for other processors'}`;
  };
}

/** The op on inputs of the format, beside the op on the same numbers in fp32. */
function measure(setting, op, format) {
  const truth = call(setting, op, format, 'fp32');
  assert.ok(truth.error === undefined, `${op} in fp32: ${truth.error}`);
  const { error, values, stored } = call(setting, op, format, format);
  if (error !== undefined) return { isRight: false, says: 'has no kernel' };
  if (stored !== format) return { isRight: false, says: `gives ${stored ?? 'another type'}` };
  const roundings = Math.max(
    ...values.map((value, i) => {
      const want = truth.values[i];
      if (value === want) return 0;
      return Math.abs(value - want) / (Math.abs(want) * ROUNDING[format]);
    }),
  );
  if (roundings <= ONE) return { isRight: true, says: 'is right' };
  return { isRight: false, says: `is ${roundings.toPrecision(2)} roundings off` };
}

/** Calls the op below the backend, on numbers of `format` that are held in `stored`. */
function call({ raw }, op, format, stored) {
  const { attr, rawOp, castHandle, createHandle, deleteHandles, readHandle, codeOf, formatOf } =
    raw;
  const { inputs, attributes, outputs = 1 } = PROBES[op];
  const owned = [];
  const keep = (id) => {
    owned.push(id);
    return id;
  };
  const cast = (id, from, to) =>
    from === to ? id : keep(castHandle(id, codeOf(from), codeOf(to)));
  try {
    const ids = inputs.map(({ values, shape, integer }) => {
      if (integer) return keep(createHandle(shape, Int32Array.from(values)));
      const wide = keep(createHandle(shape, Float32Array.from(values)));
      return cast(cast(wide, 'fp32', format), format, stored);
    });
    const results = rawOp(op, attributes(attr, codeOf(stored)), ids, outputs);
    for (const { id } of results) keep(id);
    const [{ id, dtype }] = results;
    const result = formatOf(dtype);
    return { stored: result, values: result === undefined ? [] : [...readHandle(id, dtype)] };
  } catch (error) {
    return { error: error.message.split('\n')[0] };
  } finally {
    deleteHandles(...owned);
  }
}
