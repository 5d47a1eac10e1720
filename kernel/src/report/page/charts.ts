import { HUE } from '../../display/hues';
import { fixed, inlineSvg, label } from '../../display/svg';
import { cellName, cellTitle, INJECTED } from '../cell-name';
import type { Report } from '../schema';
import { joules } from './parts';

const WIDTH = 680;
const ACCOUNTS = [
  { name: 'user', text: "the notebook's code", color: HUE.normal },
  { name: 'halfnote', text: 'Halfnote itself', color: HUE.subnormal },
  { name: 'rest', text: 'rest of the machine', color: '#c3c8cf' },
] as const;

/** The whole machine's joules as one bar, split by who caused them. */
export function accountsChart({ energy }: Report): string {
  const total = energy.machineJ.value;
  if (!(total > 0)) return '';
  let x = 0;
  const parts = ACCOUNTS.map(({ name, color, text }) => {
    const value = Math.max(0, energy.accountsJ[name].value);
    const width = (value / total) * WIDTH;
    const bar = `<rect x="${fixed(x)}" y="4" width="${fixed(width)}" height="22" fill="${color}"/>`;
    x += width;
    return { bar, text: `${text} ${Math.round((value / total) * 100)} %`, color };
  });
  const keys = parts.map(({ text, color }, i) => {
    const at = i * 215;
    return `<rect x="${at}" y="36" width="10" height="10" fill="${color}"/>${label(at + 15, 45, text)}`;
  });
  return inlineSvg({
    title: "The machine's energy by who caused it",
    description: parts.map(({ text }) => text).join(', '),
    width: WIDTH,
    height: 52,
    body: parts.map(({ bar }) => bar).join('') + keys.join(''),
  });
}

const ROW = 22;
const LABELS = 90;
const VALUES = 150;
/** Beyond these, the table below says more than a picture. */
const MOST_ROWS = 40;

/** The joules of the notebook's code by cell, each with its interval. */
export function cellsChart({ energy }: Report): string {
  const cells = energy.cells.toSorted((a, b) => b.energyJ.value - a.energyJ.value);
  const shown = cells
    .slice(0, MOST_ROWS)
    .toSorted((a, b) => energy.cells.indexOf(a) - energy.cells.indexOf(b));
  const most = Math.max(...shown.map(({ energyJ }) => energyJ.high));
  if (shown.length === 0 || !(most > 0)) return '';
  const scale = (WIDTH - LABELS - VALUES) / most;
  const rows = shown.map(({ index, energyJ }, i) => {
    const y = i * ROW;
    const at = (value: number): string => fixed(LABELS + Math.max(0, value) * scale);
    const middle = y + 11;
    const whisker = `M${at(energyJ.low)} ${middle}H${at(energyJ.high)}M${at(energyJ.low)} ${middle - 4}v8M${at(energyJ.high)} ${middle - 4}v8`;
    return (
      label(LABELS - 8, y + 15, chartLabel(index), { anchor: 'end' }) +
      `<rect x="${LABELS}" y="${y + 4}" width="${fixed(Math.max(0, energyJ.value) * scale)}" height="14" fill="${HUE.normal}" fill-opacity="0.75"/>` +
      `<path d="${whisker}" stroke="currentColor" stroke-width="1" fill="none"/>` +
      label(WIDTH - VALUES + 8, y + 15, joules(energyJ))
    );
  });
  return inlineSvg({
    title: "Energy of the notebook's code by cell",
    description: shown.map((cell) => `${cellName(cell.index)}: ${joules(cell.energyJ)}`).join(', '),
    width: WIDTH,
    height: shown.length * ROW + 4,
    body: rows.join(''),
  });
}

/** The name has to fit beside the bars. */
function chartLabel(index: number): string {
  return index === INJECTED ? '--param' : cellTitle(index);
}
