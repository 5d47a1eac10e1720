import { decodeNumber } from '../../display/numbers';
import type { PrecisionTable } from '../../payloads/precision/table';
import { speedBaseline } from '../../payloads/precision/speed-baseline';
import { HUE } from '../../display/hues';
import { escapeHtml } from '../../display/text';
import { claimOrigin, drawnClaim } from '../../payloads/precision/claim-words';
import { type Drawing, fixed, label, NARROW } from '../../display/svg';
import { ratio, significant } from '../../display/units';

const WIDTH = 680;
const ROW = 24;
const TOP = 26;

/** Of more formats than this, those with neither a bar nor a claim are left out. */
const MANY = 8;

/** Bars of the measured speedup; nothing where none is. */
export function speedupChart(table: PrecisionTable, width = WIDTH): Drawing | undefined {
  const rows = table.rows.map((row) => ({ ...row, claims: [] }));
  return claimedChart({ ...table, rows }, width);
}

/** The same over what publications claim against the same baseline, which may squeeze what was measured. */
export function claimedChart(table: PrecisionTable, width = WIDTH): Drawing | undefined {
  const { rows: all } = table;
  if (all.every((row) => row.speedup === null)) return undefined;
  const isNarrow = width < NARROW;
  const [left, right, letters] = isNarrow ? [74, 100, 11] : [110, 190, 16];
  const plot = width - left - right;
  const claimed = all.map((row) => ({ row, claim: drawnClaim(row, 'speed', table) }));
  const shown = claimed.filter(
    ({ row, claim }) => all.length <= MANY || row.speedup !== null || claim !== undefined,
  );
  const rows = shown.map(({ row }) => row);
  const figures = shown.map(({ row, claim }) => ({
    format: row.format,
    execution: row.execution,
    speedup: row.speedup === null ? null : decodeNumber(row.speedup),
    claim,
  }));
  const top = Math.max(1, ...figures.flatMap((f) => [f.speedup ?? 0, ...(f.claim?.range ?? [])]));
  const limit = Math.ceil(Number.isFinite(top) ? top : 8);
  const x = (value: number): number => left + (Math.min(value, limit) / limit) * plot;
  const bottom = TOP + rows.length * ROW;

  const bars = figures.map(({ format, execution, speedup, claim }, index) => {
    const y = TOP + index * ROW;
    const [low, high] = claim?.range ?? [];
    const band =
      claim === undefined || low === undefined || high === undefined
        ? ''
        : `<rect x="${fixed(x(low) - (low === high ? 2 : 0))}" y="${y + 2}" width="${fixed(Math.max(4, x(high) - x(low)))}" height="${ROW - 6}" fill="currentColor" opacity="0.3"><title>${escapeHtml(`${claim.says}, ${claimOrigin(claim, table)}`)}</title></rect>`;
    const bar =
      speedup === null
        ? ''
        : `<rect x="${left}" y="${y + 6}" width="${fixed(x(speedup) - left)}" height="${ROW - 14}" fill="${HUE.normal}"/>`;
    const figure =
      speedup === null
        ? label(
            left + plot + 10,
            y + 15,
            isNarrow ? 'no speed claimed' : `${execution}: no speed claimed`,
            { opacity: 0.75 },
          )
        : label(left + plot + 10, y + 15, `${ratio(speedup)} measured`);
    return label(left - 8, y + 15, format, { anchor: 'end' }, letters) + band + bar + figure;
  });
  const step = Math.max(1, Math.ceil(limit / 8));
  const ticks = Array.from({ length: Math.floor(limit / step) + 1 }, (_, i) => i * step).map(
    (value) =>
      `<path d="M${fixed(x(value))} ${TOP - 4}V${bottom}" stroke="currentColor" opacity="${value === 1 ? 0.7 : 0.15}"/>` +
      label(x(value), TOP - 9, `${value}x`, { anchor: 'middle', opacity: 0.8, size: 10 }),
  );
  const key = isNarrow ? 0 : left;
  return {
    title: `Speedup against ${speedBaseline(table)}`,
    description: figures
      .map(
        (f) =>
          `${f.format}: ${f.speedup === null ? 'no speed claimed' : `${significant(f.speedup)} times`}` +
          (f.claim === undefined ? '' : `, in the literature ${f.claim.says}`),
      )
      .join('; '),
    width,
    height: bottom + 24,
    body:
      ticks.join('') +
      bars.join('') +
      `<rect x="${key}" y="${bottom + 10}" width="14" height="8" fill="${HUE.normal}"/>${label(key + 19, bottom + 18, 'measured here', { size: 10 })}` +
      (figures.every(({ claim }) => claim === undefined)
        ? ''
        : `<rect x="${key + 110}" y="${bottom + 8}" width="14" height="12" fill="currentColor" opacity="0.3"/>${label(key + 129, bottom + 18, 'claimed in the literature', { size: 10 })}`),
  };
}
