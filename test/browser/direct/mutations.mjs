/** Payloads that nobody has made: mutations of good ones, the same ones for the same seed. */

/** Mulberry32. @returns {() => number} random numbers in [0, 1) */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NUMBERS = [
  ...[0, -0, 1, -1, 0.5, 1e-320, 1e308, -1e308, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 53, 2e9, -2e9],
  ...['NaN', 'Infinity', '-Infinity', -1074, 1023, 20_000, -20_000, 1e6],
];
const INTEGERS = [0, 1, 2, 41, 600, 1023, 50_000, 2e9, 2 ** 53 - 1];
const OTHERS = [null, true, '', 'NaN', '<img src=x onerror="window.hacked=1">', '‮\u0000￿', [], {}];
const COUNTS = [0, 1, 2, 41, 201, 600, 3000, 50_000];

/** A copy of `payload` with one to three changes, most of which leave it valid. */
export function mutated(payload, random) {
  const copy = structuredClone(payload);
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change++) mutate(copy, random);
  return copy;
}

function pick(list, random) {
  return list[Math.floor(random() * list.length)];
}

/** Changes one place: any as likely as another of its depth. */
function mutate(root, random) {
  let place = root;
  for (;;) {
    const keys = Object.keys(place);
    if (keys.length === 0) return;
    const key = pick(keys, random);
    const value = place[key];
    if (typeof value === 'object' && value !== null && random() < 0.85) {
      place = value;
      continue;
    }
    if (random() < 0.02) delete place[key];
    else place[key] = replaced(value, random);
    // Counts that don't add up are refused: most of what is tried is to be shown.
    if (Array.isArray(root.layers)) root.layers.forEach((layer) => addUp(layer, random));
    if (Array.isArray(root.layers) && Array.isArray(root.time?.layers)) addUpSlots(root, random);
    return;
  }
}

function replaced(value, random) {
  if (random() < 0.1) return pick(OTHERS, random);
  if (typeof value === 'number') return pick(NUMBERS, random);
  if (typeof value === 'string')
    return random() < 0.5 ? value.slice(0, 1000).repeat(500) : pick(OTHERS, random);
  if (Array.isArray(value) && value.length > 0) {
    const count = pick(COUNTS, random);
    return Array.from({ length: count }, (_, index) =>
      numbered(value[index % value.length], index),
    );
  }
  return random() < 0.3 ? nested(5000) : value;
}

/** One of many items: of steps and windows, each comes after the one before. */
function numbered(item, index) {
  if (typeof item !== 'object' || item === null) return item;
  if ('step' in item) return { ...item, step: index, scale: 2 ** (index % 24) };
  if ('parent' in item) return { ...item, id: index + 1, parent: index };
  return item;
}

function nested(depth) {
  let value = [];
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

function addUp(layer, random) {
  if (typeof layer !== 'object' || layer === null || !Array.isArray(layer.bins)) return;
  if (random() < 0.1) return;
  layer.count = [layer.zero, layer.inf, layer.nan, ...layer.bins].reduce((a, b) => a + b, 0);
}

/** What slots have too few of, the last has; what they have too many of, is mostly refused. */
function addUpSlots({ layers, time }, random) {
  if (random() < 0.1) return;
  if (time.layers.length !== layers.length)
    time.layers = layers.map((_, index) =>
      structuredClone(time.layers[index % time.layers.length]),
    );
  for (const [index, counts] of time.layers.entries()) {
    const { count } = layers[index] ?? {};
    if (![counts?.zero, counts?.bins].every(Array.isArray) || !Number.isInteger(count)) continue;
    const sum = (values) => (values ?? []).flat().reduce((a, b) => a + b, 0);
    const missing = count - sum(counts.zero) - sum(counts.inf) - sum(counts.nan) - sum(counts.bins);
    const last = counts.zero.length - 1;
    if (missing > 0 && last >= 0) counts.zero[last] += missing;
  }
}
