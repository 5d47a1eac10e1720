import { fold, notes, picture, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, percent, si, significant } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { verdict } from '../../display/verdict';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { rooflineChart } from './chart';
import type { Roof, RooflinePoint, RooflineResult } from './result';
import { farthestFirst, rooflineVerdict, SHORT } from './verdict';

const MACHINE: readonly Column[] = [
  { header: 'Format' },
  { header: 'Execution', align: 'left' },
  { header: 'Peak' },
  { header: 'Memory' },
  { header: 'Ridge, FLOP/B' },
];
const LAYERS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Format', align: 'left' },
  { header: 'FLOP/B' },
  { header: 'Bound by', align: 'left' },
  { header: 'Roof, modelled' },
  { header: 'Measured' },
  { header: 'of the roof' },
];

/** By less than this a measured speed may be above the roof by chance. */
const CLEARLY = 1.1;

/** What {@link roofline} found. Shows itself as a chart and two tables. */
export class Roofline implements Displayable {
  constructor(readonly result: RooflineResult) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { model, batchSize, device, threads, roofs, points } = this.result;
    const where = `${device}, ${threads} thread${threads === 1 ? '' : 's'}`;
    return staticBundle(
      stacked(
        verdict(rooflineVerdict(this.result, subjectOf(this))),
        picture((width) => rooflineChart(this.result, width)),
        ...(points.length === 0
          ? []
          : [
              fold(
                `Layers under the roof, ${points.length} rows`,
                table(
                  LAYERS,
                  farthestFirst(points)
                    .flatMap((i) => points[i] ?? [])
                    .map(pointRow),
                  {
                    caption: `Layers of ${model} under the roof, batch ${batchSize}, farthest below it first`,
                  },
                ),
              ),
            ]),
        notes(remarks(this.result)),
        fold(
          'How this was found',
          stacked(
            table(MACHINE, roofs.map(roofRow), { caption: `Measured here: ${where}` }),
            notes(methods(this.result)),
          ),
        ),
      ),
    );
  }
}

function roofRow({ format, execution, ...roof }: Roof): Row {
  const { peakFlopPerS: peak, bandwidthBytePerS: bandwidth, ridgeFlopPerByte: ridge } = roof;
  return [
    format,
    execution,
    peak === null ? ABSENT : si(peak, format === 'int8' ? 'OP/s' : 'FLOP/s'),
    bandwidth === null ? ABSENT : si(bandwidth, 'B/s'),
    ridge === null ? ABSENT : significant(ridge),
  ];
}

function pointRow(point: RooflinePoint): Row {
  const { measuredFlopPerS: measured, attainableFlopPerS: roof, format } = point;
  const unit = format === 'int8' ? 'OP/s' : 'FLOP/s';
  return [
    `${point.number} ${point.name}`,
    format,
    significant(point.intensityFlopPerByte),
    point.bound,
    si(roof, unit),
    measured === null ? ABSENT : si(measured, unit),
    measured === null ? ABSENT : percent(measured / roof),
  ];
}

function remarks(result: RooflineResult): string[] {
  const { roofs, points, others } = result;
  const untimed = roofs.filter(
    ({ format, peakFlopPerS }) =>
      peakFlopPerS !== null &&
      points.every((point) => point.format !== format || point.measuredFlopPerS === null),
  );
  const above = points.filter(
    ({ measuredFlopPerS: measured, attainableFlopPerS: roof }) =>
      measured !== null && measured > CLEARLY * roof,
  );
  const idle = points.filter(
    ({ measuredFlopPerS: measured, attainableFlopPerS: roof }) =>
      measured !== null && measured < SHORT * roof,
  );
  const bounds = new Set(above.map(({ bound }) => bound));
  return [
    ...(bounds.has('memory')
      ? [
          'A layer bound by memory that is above its roof has its weights and activations in the caches.',
        ]
      : []),
    ...(bounds.has('compute')
      ? [
          'A layer bound by compute that is above its roof runs on a faster kernel than the matrix products that the peak was measured by, or something else was at work while that was measured.',
        ]
      : []),
    ...(idle.length === 0
      ? []
      : [
          `Below ${100 * SHORT}% of its roof a layer is bound by neither: its kernels are so short that calling them takes the time. A larger batch fills them.`,
        ]),
    ...(untimed.length === 0
      ? []
      : [
          `${untimed.map(({ format }) => format).join(', ')}: layers are not timed one by one, their roof is all that is told.`,
        ]),
    ...(others === 0
      ? []
      : [
          `${others} layer${others === 1 ? '' : 's'} without products ${others === 1 ? 'is' : 'are'} left out: memory is what limits ${others === 1 ? 'it' : 'them'}.`,
        ]),
  ];
}

function methods({ roofs, fingerprint }: RooflineResult): string[] {
  const simulated = roofs.filter(({ execution }) => execution === 'simulated');
  return [
    ...simulated.map(({ format, reason }) => `${format} is simulated, and has no roof: ${reason}`),
    ...METHODS,
    ...(fingerprint === undefined ? [] : [fingerprint]),
  ];
}

const METHODS = [
  'Peak: the fastest of some large matrix products; memory: the fastest of some large copies in these formats, bytes read and written. The roof of a layer is the lower of the peak and of memory times its FLOP per byte.',
  'Measured: the FLOPs of a layer by the median time of its kernels, casts within.',
] as const;
