import {
  boxKind,
  boxName,
  middleCut,
  paints,
  type GraphColor,
  type GraphLayout,
  type Paint,
  type PlottedBox,
  type PlottedNode,
} from 'halfnote/mime/graph';
import { svgElement } from '../dom/svg';

const LETTER = 6.3;
/** From this height on a box has two lines. */
const TWO_LINES = 30;
const EDGE = 4;

export interface DrawnGraph {
  readonly picture: SVGSVGElement;
  /** One for each box, in their order. */
  readonly boxes: readonly SVGGElement[];
}

/** The picture of a layout: lines, and over them a box a layer that can be focused. */
export function drawGraph(
  layout: GraphLayout,
  nodes: readonly PlottedNode[],
  color: GraphColor,
): DrawnGraph {
  const painted = paints(layout.boxes, nodes, color);
  const boxes = layout.boxes.map((box, i) => boxOf(box, nodes, painted[i]));
  const lines = layout.edges.map(({ points, from, to }) =>
    svgElement('path', { class: 'hn-edge', d: path(points), 'data-from': from, 'data-to': to }),
  );
  const arrows = layout.edges.map(({ points }) =>
    svgElement('path', { class: 'hn-arrow', d: arrow(points) }),
  );
  const [width, height] = [layout.width + 2 * EDGE, layout.height + 2 * EDGE];
  const picture = svgElement(
    'svg',
    {
      class: 'hn-graph',
      viewBox: `${-EDGE} ${-EDGE} ${width} ${height}`,
      width,
      height,
      role: 'group',
      'aria-label':
        'Layers from above to below, columns from left to right. Arrow keys follow the lines.',
    },
    [...lines, ...arrows, ...boxes],
  );
  return { picture, boxes };
}

function boxOf(
  box: PlottedBox,
  nodes: readonly PlottedNode[],
  paint: Paint | undefined,
): SVGGElement {
  const { x, y, width, height } = box;
  const name = boxName(box, nodes);
  const second = [boxKind(box, nodes), paint?.text ?? ''].filter((part) => part !== '').join(' · ');
  const letters = Math.floor((width - 18) / LETTER);
  const isTall = height >= TWO_LINES;
  const isBlock = box.nodes.length > 1;
  return svgElement(
    'g',
    {
      class: isBlock ? 'hn-box hn-block' : 'hn-box',
      role: 'button',
      tabindex: -1,
      'aria-pressed': 'false',
      'aria-label': `${name} ${second}`,
      // Of a block the view knows which are in it.
      ...(isBlock ? {} : { 'data-layer': name }),
    },
    [
      svgElement('rect', { class: 'hn-box-ground', x, y, width, height, rx: 3 }),
      ...(paint === undefined || paint.strength === 0
        ? []
        : [
            svgElement('rect', {
              ...{ x: x + 1, y: y + 1, width: 8, height: height - 2, rx: 2 },
              ...{ fill: paint.hue, 'fill-opacity': paint.strength },
            }),
          ]),
      svgElement('text', { x: x + 14, y: y + (isTall ? 15 : 14) }, [middleCut(name, letters)]),
      ...(isTall
        ? [
            ' ',
            svgElement('text', { class: 'hn-box-second', x: x + 14, y: y + 29 }, [
              middleCut(second, Math.floor(letters * 1.1)),
            ]),
          ]
        : []),
    ],
  );
}

function path(points: readonly number[]): string {
  return points.map((value, i) => `${i === 0 ? 'M' : i % 2 === 0 ? 'L' : ' '}${value}`).join('');
}

function arrow(points: readonly number[]): string {
  const [x = 0, y = 0] = points.slice(-2);
  return `M${x} ${y}l-3.5 -6h7z`;
}
