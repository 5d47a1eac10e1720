import type { MimeBundle } from '../host';
import { bundle, notes, picture, stacked, table } from '../display/fallback';
import type { Column, Row } from '../display/table';
import { decodeNumber } from '../display/numbers';
import { MIME } from '../payloads/mime-types';
import type { CarbonReport, EnergyPart, EnergyWindow } from '../payloads/schemas';
import { HUE, fixed, label, svg } from '../display/svg';
import { windowMethod } from '../payloads/window-method';
import { ABSENT, duration, percent, si, significant } from '../display/units';

const NAMES = { cpu: 'CPU', dram: 'Memory (DRAM)', gpu: 'GPU' } as const;
const HUES = { cpu: HUE.normal, dram: HUE.subnormal, gpu: HUE.overflow } as const;

const COMPONENTS: readonly Column[] = [
  { header: 'Component' },
  { header: 'Energy' },
  { header: 'Mean power' },
  { header: 'Share' },
  { header: 'Method', align: 'left' },
  { header: 'Source', align: 'left' },
];
const WINDOWS: readonly Column[] = [
  { header: 'Window' },
  { header: 'Duration' },
  { header: 'Energy' },
  { header: 'Mean power' },
  { header: 'CO2e' },
  { header: 'Method', align: 'left' },
];

/** Energy by component and window, and its CO2e, as our MIME type, HTML and text. */
export function carbonBundle(payload: CarbonReport): MimeBundle {
  const components = payload.total.parts.map((part) => componentCells(part, payload.total));
  const windows = payload.windows.map(windowCells);
  return bundle(
    MIME.carbon,
    payload,
    stacked(
      table(COMPONENTS, components, { caption: summary(payload) }),
      picture(shareBar(payload.total)),
      ...(windows.length === 0 ? [] : [table(WINDOWS, windows, { caption: 'Windows' })]),
      notes([intensityLine(payload), ...payload.notes]),
    ),
  );
}

function summary({ title, total }: CarbonReport): string {
  return (
    `${title}: ${si(decodeNumber(total.energyJ), 'J')}, ${si(decodeNumber(total.co2eG), 'g')} CO2e ` +
    `in ${duration(decodeNumber(total.durationS))} (${windowMethod(total)})`
  );
}

function intensityLine({ intensity, pue }: CarbonReport): string {
  return (
    `Grid: ${significant(decodeNumber(intensity.gramsPerKWh))} gCO2e/kWh, ${intensity.region}, ` +
    `${intensity.kind} of ${intensity.year}, ${intensity.source}. PUE ${decodeNumber(pue)}.`
  );
}

function componentCells(part: EnergyPart, total: EnergyWindow): Row {
  const energy = decodeNumber(part.energyJ);
  return [
    NAMES[part.component],
    si(energy, 'J'),
    power(energy, decodeNumber(total.durationS)),
    share(energy, decodeNumber(total.energyJ)),
    part.method,
    part.source,
  ];
}

function windowCells(window: EnergyWindow): Row {
  const energy = decodeNumber(window.energyJ);
  const seconds = decodeNumber(window.durationS);
  return [
    window.name,
    duration(seconds),
    si(energy, 'J'),
    power(energy, seconds),
    si(decodeNumber(window.co2eG), 'g'),
    windowMethod(window),
  ];
}

function power(energyJ: number, seconds: number): string {
  return seconds > 0 ? si(energyJ / seconds, 'W') : ABSENT;
}

function share(energyJ: number, totalJ: number): string {
  return totalJ > 0 ? percent(energyJ / totalJ) : ABSENT;
}

/** One stacked bar of the total by component; a modelled part is hatched. */
function shareBar(total: EnergyWindow): string {
  const sum = total.parts.reduce((joules, part) => joules + decodeNumber(part.energyJ), 0);
  if (!(sum > 0) || !Number.isFinite(sum)) return '';
  const width = 560;
  let x = 0;
  const segments = total.parts.map((part) => {
    const size = (decodeNumber(part.energyJ) / sum) * width;
    const from = x;
    x += size;
    const box = `x="${fixed(from)}" y="0" width="${fixed(size)}" height="22"`;
    const hatch =
      part.method === 'counter'
        ? ''
        : `<path d="${hatching(from, size)}" stroke="currentColor" opacity="0.45"/>`;
    return `<rect ${box} fill="${HUES[part.component]}"/>${hatch}`;
  });
  const keys = total.parts.map((part, index) => {
    const at = index * 190;
    return (
      `<rect x="${at}" y="32" width="10" height="10" fill="${HUES[part.component]}"/>` +
      label(at + 15, 41, `${NAMES[part.component]}, ${part.method}`)
    );
  });
  return svg({
    title: 'Energy by component',
    description: total.parts
      .map(
        (part) => `${NAMES[part.component]} ${si(decodeNumber(part.energyJ), 'J')}, ${part.method}`,
      )
      .join('; '),
    width: Math.max(width, total.parts.length * 190),
    height: 48,
    body: segments.join('') + keys.join(''),
  });
}

/** Diagonal strokes over a segment: no pattern element, whose id would clash between outputs. */
function hatching(from: number, size: number): string {
  const strokes: string[] = [];
  for (let x = from + 4; x + 8 < from + size; x += 10) strokes.push(`M${fixed(x)} 22l8 -22`);
  return strokes.join('');
}
