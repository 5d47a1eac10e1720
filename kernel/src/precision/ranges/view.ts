import type { MimeBundle } from '../../host';
import {
  bundle,
  fold,
  notes,
  paragraph,
  picture,
  stacked,
  staticBundle,
} from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { powerOfTwo, scaleText } from '../../display/exponents';
import { firstHeatmap, otherHeatmaps } from './heatmap';
import { layersByLoss, rangeVerdict } from '../../payloads/ranges/verdict';
import { verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { lossScaleChart } from '../loss-scale/chart';
import { decodeNumber } from '../../display/numbers';
import { MIME } from '../../payloads/mime-types';
import type { FormatBand } from '../../formats/bands';
import type { GradientRanges, RangeLayer } from '../../payloads/ranges/schema';
import { lossScaleHistory } from '../../payloads/loss-scale-history';
import { rangeStats, scaleLimit, underflowText, zerosMayBeLost } from '../../payloads/ranges/stats';
import { ABSENT, percent } from '../../display/units';

const ZERO = 'Zero';
/** Its head where the format has already rounded values to zero. */
const ZERO_OR_LOST = 'Zero or lost';
const KIND: Column = { header: 'Kind', align: 'left' };
const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Shape' },
  { header: ZERO },
  { header: 'Underflow' },
  { header: 'Subnormal' },
  { header: 'Normal' },
  { header: 'Overflow' },
  { header: 'NaN' },
  { header: 'Octaves' },
  { header: 'Scale limit' },
];

/** Gradients against the formats' ranges: our MIME type, heatmap and table in HTML, table in text. */
export function gradientRangesBundle(payload: GradientRanges): MimeBundle {
  if (payload.layers.length === 0) return emptyBundle(payload);
  const format = payload.formats.find(({ id }) => id === payload.format);
  const mixed = payload.layers.some(({ kind }) => kind !== 'gradient');
  const hasLost = payload.layers.some((layer) => zerosMayBeLost(payload, layer));
  const named = COLUMNS.map((column) =>
    hasLost && column.header === ZERO ? { header: ZERO_OR_LOST } : column,
  );
  const columns = mixed ? named.toSpliced(1, 0, KIND) : named;
  const rows = payload.layers.map((layer) => {
    const row = cells(layer, format, payload);
    return mixed ? row.toSpliced(1, 0, layer.kind) : row;
  });
  const caption =
    `${payload.title}: gradients in ${format?.label ?? payload.format} (${payload.execution}), ` +
    `counted over ${steps(payload.recordedSteps)} up to step ${payload.step}${payload.every === 1 ? '' : `, one in ${payload.every}`}`;
  const said = rangeVerdict(payload);
  const more = stacked(
    picture(...otherHeatmaps(payload)),
    picture((width) => lossScaleChart(payload.lossScale, width)),
    notes(remarks(payload, format)),
  );
  return bundle(
    MIME.gradientRanges,
    payload,
    stacked(
      ...(said === undefined ? [] : [verdict(said)]),
      picture(firstHeatmap(payload)),
      worstFirst(
        columns,
        rows,
        format === undefined ? [] : layersByLoss(payload, format).map(({ index }) => index),
        { caption, what: 'layers', order: 'those that lose most first' },
      ),
      fold('How it was counted, and more pictures', more),
    ),
  );
}

/** Before the first recorded step: what to do, in words, for there is nothing to draw. */
function emptyBundle({ title, lossScale }: GradientRanges): MimeBundle {
  return staticBundle(paragraph(`${title}: ${lossScale.reason}`));
}

function cells(layer: RangeLayer, format: FormatBand | undefined, payload: GradientRanges): Row {
  const head = [layer.name, layer.shape.length === 0 ? '1' : layer.shape.join('×')];
  if (format === undefined) return [...head, ...Array.from({ length: 8 }, () => ABSENT)];
  const stats = rangeStats(layer, format, decodeNumber(payload.lossScale.value));
  const limit = scaleLimit(layer, format);
  const rest = [stats.subnormal, stats.normal, stats.overflow, stats.nan];
  return [
    ...head,
    percent(stats.zero),
    underflowText(stats, zerosMayBeLost(payload, layer)),
    ...rest.map(percent),
    stats.dynamicRange === 0 ? ABSENT : String(stats.dynamicRange),
    limit === null ? ABSENT : powerOfTwo(limit),
  ];
}

function remarks(payload: GradientRanges, format: FormatBand | undefined): string[] {
  const { value, suggested, reason, skippedSteps } = payload.lossScale;
  const history = lossScaleHistory(payload.lossScale);
  return [
    `Loss scale ${scaleText(decodeNumber(value))}; suggested ${scaleText(decodeNumber(suggested))}: ${reason}`,
    `${steps(skippedSteps)} skipped because a gradient was not finite.`,
    ...(history === undefined ? [] : [history.summary]),
    ...(payload.notes ?? []),
    format === undefined
      ? `No range of ${payload.format} is known here, so nothing is counted against it.`
      : `Measured counts: each value's exponent, gradients before scaling. Underflow rounds to zero in ${format.label} at the loss scale, ` +
        'subnormal loses digits, octaves are the dynamic range, and the scale limit keeps the largest value an octave below overflow.',
  ];
}

function steps(count: number): string {
  return `${count} ${count === 1 ? 'step' : 'steps'}`;
}
