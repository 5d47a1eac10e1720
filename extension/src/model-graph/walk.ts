import type { GraphLayout } from 'halfnote/mime/graph';

/** The box that a key leads to: down and up along lines, sideways among those that share one. */
export function boxAfter(
  { boxes, edges }: Pick<GraphLayout, 'boxes' | 'edges'>,
  at: number,
  key: string,
): number | undefined {
  const readers = (box: number): number[] =>
    edges.flatMap(({ from, to }) => (from === box ? [to] : []));
  const read = (box: number): number[] =>
    edges.flatMap(({ from, to }) => (to === box ? [from] : []));
  if (key === 'Home') return 0;
  if (key === 'End') return boxes.length - 1;
  if (key === 'ArrowDown') return readers(at)[0];
  if (key === 'ArrowUp') return read(at)[0];
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
  const beside = new Set([...read(at).flatMap(readers), ...readers(at).flatMap(read), at]);
  const row = [...beside].sort((a, b) => (boxes[a]?.x ?? 0) - (boxes[b]?.x ?? 0));
  return row[row.indexOf(at) + (key === 'ArrowRight' ? 1 : -1)];
}
