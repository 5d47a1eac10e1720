import { notes, picture, stacked, viewBundle } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { MIME } from '../../payloads/mime-types';
import type { GraphColor, GraphLayout, PlottedNode } from '../../payloads/graph/schema';
import { noisiestFirst, sqnrText } from '../../payloads/weights/words';
import { graphChart } from './chart';
import { graphVerdict } from './verdict';

/** A model as a graph, laid out. */
export interface ModelPlotResult {
  readonly model: string;
  readonly isQuantized: boolean;
  readonly color: GraphColor;
  /** In the order of execution. */
  readonly nodes: readonly PlottedNode[];
  /** What is shown first comes first. */
  readonly layouts: readonly GraphLayout[];
  readonly notes: readonly string[];
}

const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Kind', align: 'left' },
  { header: 'Output', align: 'left' },
  { header: 'Format', align: 'left' },
  { header: 'Weights' },
  { header: 'SQNR' },
  { header: 'Reads', align: 'left' },
  { header: 'Why', align: 'left' },
];

/** What {@link plotModel} drew. Shows itself as a graph, with a table of its layers. */
export class ModelPlot implements Displayable {
  constructor(readonly result: ModelPlotResult) {}

  /** The layers, or the nodes of an ONNX graph, in the order of execution. */
  get nodes(): readonly PlottedNode[] {
    return this.result.nodes;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { model, color, nodes, layouts, isQuantized, notes: remarks } = this.result;
    const payload = { model, color, nodes, layouts, notes: remarks };
    const [layout] = layouts;
    return viewBundle(
      MIME.modelGraph,
      payload,
      stacked(
        verdict(graphVerdict({ nodes, color, isQuantized, name: subjectOf(this) })),
        picture(() =>
          layout === undefined ? undefined : graphChart({ model, nodes, layout, color }),
        ),
        worstFirst(
          COLUMNS,
          nodes.map((node) => row(node, nodes)),
          rank(nodes, color),
          {
            what: 'layers',
            order: color === 'error' ? 'least signal to noise first' : 'most bytes first',
            caption: `Layers of ${model}`,
          },
        ),
        notes(remarks),
      ),
    );
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

function row(
  { name, kind, shape, format, weightBytes, sqnrDb, why, inputs }: PlottedNode,
  nodes: readonly PlottedNode[],
): Row {
  return [
    name,
    kind,
    shape === '' ? ABSENT : shape,
    format === '' ? ABSENT : format,
    weightBytes === 0 ? ABSENT : bytes(weightBytes),
    sqnrDb === null ? ABSENT : sqnrText(sqnrDb),
    inputs.map((input) => nodes[input]?.name ?? '').join(', '),
    why,
  ];
}

function rank(nodes: readonly PlottedNode[], color: GraphColor): number[] {
  if (color === 'error') {
    return noisiestFirst(nodes.map(({ sqnrDb }) => ({ sqnrDb: sqnrDb ?? Infinity })));
  }
  const size = (place: number): number => nodes[place]?.weightBytes ?? 0;
  return nodes.map((_, place) => place).sort((a, b) => size(b) - size(a));
}
