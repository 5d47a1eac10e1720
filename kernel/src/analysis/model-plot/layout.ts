import {
  MOST_EDGES,
  type GraphLayout,
  type PlottedBox,
  type PlottedNode,
} from '../../payloads/graph/schema';
import { intoColumns, type Placed } from './columns';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is used of dagre, whose own types TypeScript doesn't find from CommonJS. */
interface Dagre {
  readonly Graph: new () => DagreGraph;
  readonly layout: (graph: DagreGraph) => void;
}

interface DagreGraph {
  setGraph(label: Readonly<Record<string, string | number>>): void;
  setNode(name: string, label: { readonly width: number; readonly height: number }): void;
  setEdge(from: string, to: string, label: object): void;
  node(name: string): Point;
  edge(from: string, to: string): { readonly points: readonly Point[] };
}

/** Boxes up to which each has a second line. */
const FEW = 60;
/** Of a box with two lines, and with one. */
const SIZES = { few: { width: 158, height: 36 }, many: { width: 128, height: 20 } } as const;
/** Height of a column before the next one begins. */
const COLUMN = { few: 340, many: 560 } as const;

/**
 * Places groups of nodes from above to below, what reads below what it reads; a graph that is higher than
 * a screen goes on in columns to the right.
 * @param groups Places in `nodes`, in the order of execution.
 */
export async function layOut(
  name: GraphLayout['name'],
  nodes: readonly PlottedNode[],
  groups: readonly (readonly number[])[],
): Promise<GraphLayout> {
  const { Graph, layout: place } = (await import('@dagrejs/dagre')) as unknown as Dagre;
  const style = groups.length <= FEW ? 'few' : 'many';
  const size = SIZES[style];
  const edges = edgesBetween(nodes, groups);
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 14, ranksep: style === 'few' ? 18 : 12, edgesep: 8 });
  groups.forEach((_, box) => {
    graph.setNode(String(box), { ...size });
  });
  for (const [from, to] of edges) graph.setEdge(String(from), String(to), {});
  place(graph);
  const boxes = groups.map((group, box): PlottedBox => {
    const { x, y } = graph.node(String(box));
    const [left, top] = [x - size.width / 2, y - size.height / 2];
    return { x: left, y: top, ...size, nodes: [...group] };
  });
  const lines = edges.map(([from, to]) => {
    const { points } = graph.edge(String(from), String(to));
    return { from, to, points };
  });
  return { name, ...rounded(intoColumns({ boxes, lines }, COLUMN[style])) };
}

/** Which group reads which, each pair once. */
function edgesBetween(
  nodes: readonly PlottedNode[],
  groups: readonly (readonly number[])[],
): (readonly [from: number, to: number])[] {
  const groupOf = new Map(
    groups.flatMap((group, box) => group.map((node) => [node, box] as const)),
  );
  const edges = groups.flatMap((group, to) => {
    const read = group.flatMap((node) => nodes[node]?.inputs ?? []);
    const from = new Set(read.flatMap((node) => groupOf.get(node) ?? []));
    return [...from].filter((box) => box !== to).map((box) => [box, to] as const);
  });
  return edges.slice(0, MOST_EDGES);
}

function rounded({ boxes, lines, width, height }: Placed): Omit<GraphLayout, 'name'> {
  const fixed = (value: number): number => Math.round(value * 10) / 10;
  return {
    width: fixed(width),
    height: fixed(height),
    boxes: boxes.map((box) => ({ ...box, x: fixed(box.x), y: fixed(box.y) })),
    edges: lines.map(({ from, to, points }) => ({
      from,
      to,
      points: points.flatMap(({ x, y }) => [fixed(x), fixed(y)]),
    })),
  };
}
