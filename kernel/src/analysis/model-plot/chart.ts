import { type Drawing, fixed, label } from '../../display/svg';
import { escapeHtml } from '../../display/text';
import { keys, paints, type Paint } from '../../payloads/graph/paint';
import type { GraphColor, GraphLayout, PlottedBox, PlottedNode } from '../../payloads/graph/schema';
import { boxKind, boxName, COLORS, middleCut } from '../../payloads/graph/words';

interface Plot {
  readonly model: string;
  readonly nodes: readonly PlottedNode[];
  readonly layout: GraphLayout;
  readonly color: GraphColor;
}

/** Below the keys. */
const TOP = 26;
/** From this height on a box has two lines. */
const TWO_LINES = 30;
const LETTER = 6.1;

/** The graph as a picture: a box a layer with a bar in its color, and lines from what is read. */
export function graphChart({ model, nodes, layout, color }: Plot): Drawing {
  const { boxes, edges, width, height } = layout;
  const painted = paints(boxes, nodes, color);
  const lines = edges.map(({ points }) => line(points));
  const drawn = boxes.map((box, i) => boxOf(box, nodes, painted[i]));
  return {
    title: `Graph of ${model} by ${COLORS[color]}`,
    description: `${boxes.length} boxes from above to below, columns from left to right. ${words(layout, nodes, painted)}`,
    width: Math.max(width, 360),
    height: TOP + height + 2,
    body:
      legend(color) + `<g transform="translate(0 ${TOP})">${lines.join('')}${drawn.join('')}</g>`,
  };
}

function boxOf(box: PlottedBox, nodes: readonly PlottedNode[], paint: Paint | undefined): string {
  const { x, y, width, height } = box;
  const name = boxName(box, nodes);
  const letters = Math.floor((width - 18) / LETTER);
  const isTall = height >= TWO_LINES;
  const second = [boxKind(box, nodes), paint?.text ?? ''].filter((part) => part !== '').join(' · ');
  return (
    `<g><title>${escapeHtml(`${name}: ${second}`)}</title>` +
    `<rect x="${fixed(x)}" y="${fixed(y)}" width="${width}" height="${height}" rx="3" fill="#fff" stroke="currentColor" stroke-opacity="0.45"${box.nodes.length > 1 ? ' stroke-width="2"' : ''}/>` +
    (paint === undefined || paint.strength === 0
      ? ''
      : `<rect x="${fixed(x)}" y="${fixed(y)}" width="9" height="${height}" rx="3" fill="${paint.hue}" opacity="${fixed(paint.strength)}"/>`) +
    label(x + 14, y + (isTall ? 15 : 14), middleCut(name, letters), { size: isTall ? 11 : 10.5 }) +
    (isTall
      ? label(x + 14, y + 29, middleCut(second, Math.floor(letters * 1.1)), {
          size: 10,
          opacity: 0.8,
        })
      : '') +
    '</g>'
  );
}

/** A line with an arrow at its end, along x and y in turn. */
function line(points: readonly number[]): string {
  const path = points.map(
    (value, i) => `${i === 0 ? 'M' : i % 2 === 0 ? 'L' : ' '}${fixed(value)}`,
  );
  const [x = 0, y = 0] = points.slice(-2);
  return (
    `<path d="${path.join('')}" fill="none" stroke="currentColor" stroke-opacity="0.55"/>` +
    `<path d="M${fixed(x)} ${fixed(y)}l-3.500 -6h7z" fill="currentColor" fill-opacity="0.7"/>`
  );
}

function legend(color: GraphColor): string {
  let x = 0;
  return keys(color)
    .map(({ hue, strength, text }) => {
      const at = x;
      x += 30 + text.length * 5.6;
      return `<rect x="${fixed(at)}" y="2" width="9" height="12" rx="2" fill="${hue}" opacity="${fixed(strength)}"/>${label(at + 14, 12, text, { size: 10 })}`;
    })
    .join('');
}

/** Boxes that a screen reader is told of; all are in the table. */
const TOLD = 12;

function words(
  { boxes }: GraphLayout,
  nodes: readonly PlottedNode[],
  painted: readonly Paint[],
): string {
  const told = boxes
    .slice(0, TOLD)
    .map((box, i) => [boxName(box, nodes), painted[i]?.text ?? ''].filter(Boolean).join(' '));
  return `${told.join(', ')}${boxes.length > TOLD ? `, and ${boxes.length - TOLD} more` : ''}. The table has the figures.`;
}
