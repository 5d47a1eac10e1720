import { METHODS } from '../../quantities/quantity';

/** Reports altered one leaf at a time, for tests. */

export type Path = readonly (string | number)[];

/** Each leaf, and each empty list and object, by its path. */
export function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Object.entries(value);
  return entries.length === 0
    ? [path]
    : entries.flatMap(([key, item]) => leaves(item, [...path, key]));
}

export function edited(
  value: unknown,
  [key, ...rest]: Path,
  edit: (leaf: unknown) => unknown,
): unknown {
  if (key === undefined) return edit(value);
  if (Array.isArray(value)) {
    return value.map((item, i) =>
      i === Number(key) ? edited(item, rest, edit) : (item as unknown),
    );
  }
  const object = value as Record<string, unknown>;
  return { ...object, [key]: edited(object[key], rest, edit) };
}

/** Other values that may stand for a leaf, the likeliest first. */
export function others(leaf: unknown): readonly unknown[] {
  if (typeof leaf === 'number') {
    const more = leaf + 0.001 * Math.max(1, Math.abs(leaf));
    return [more, leaf * 1.001, leaf + 1, leaf - 0.001];
  }
  if (typeof leaf === 'boolean') return [!leaf];
  if (typeof leaf === 'string') {
    const last = leaf.replace(/.$|^$/, (end) => (end === '0' ? '1' : '0'));
    return [last, `${leaf}x`, '2025-01-01T00:00:00.000Z', ...WORDS.filter((word) => word !== leaf)];
  }
  if (leaf !== null) return [['x'], { x: 1 }, [1]];
  return [1, 'x', true, { cell: 1, name: 'x', message: 'x' }, { commit: 'x', dirty: false }];
}

const WORDS = [...METHODS, 'cpu', 'dram', 'gpu', 'data', 'model', 'complete', 'failed'];
