import { bytes } from '../../display/units';
import { sqnrText } from '../weights/words';
import type { GraphColor, PlottedBox, PlottedNode } from './schema';

/** What boxes can be painted by, as it is said. */
export const COLORS: Readonly<Record<GraphColor, string>> = {
  format: 'format',
  error: 'error of the weights',
  bytes: 'bytes of weights',
};

/** The name on a box: of a block that of its first and its last layer. */
export function boxName(box: Pick<PlottedBox, 'nodes'>, nodes: readonly PlottedNode[]): string {
  const [first, last] = [nodes[box.nodes[0] ?? -1], nodes[box.nodes.at(-1) ?? -1]];
  if (first === undefined || last === undefined || first === last) return first?.name ?? '';
  return `${first.name} … ${last.name}`;
}

/** The class of a box's layer; of a block how many layers there are. */
export function boxKind(box: Pick<PlottedBox, 'nodes'>, nodes: readonly PlottedNode[]): string {
  return box.nodes.length === 1
    ? (nodes[box.nodes[0] ?? -1]?.kind ?? '')
    : `${box.nodes.length} layers`;
}

/** What is known of a layer, as names and figures. */
export function nodeFacts(node: PlottedNode): readonly (readonly [name: string, text: string])[] {
  const { kind, shape, format, weightBytes, sqnrDb, why } = node;
  return (
    [
      ['kind', kind],
      ['output', shape],
      ['format', format],
      ['weights', weightBytes === 0 ? '' : bytes(weightBytes)],
      ['SQNR of its weights', sqnrDb === null ? '' : sqnrText(sqnrDb)],
      ['why', why],
    ] as const
  ).filter(([, text]) => text !== '');
}

/** `…` in place of the middle: names differ at their ends. */
export function middleCut(text: string, letters: number): string {
  if (text.length <= letters) return text;
  const head = Math.ceil((letters - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (letters - 1 - head))}`;
}
