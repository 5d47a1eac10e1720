import { HUE, SHADES } from 'halfnote/mime';
import type { Zone } from 'halfnote/mime/ranges';

/** What becomes of values, in the colors and shades that the stored picture has too. */

const ZONES: readonly Zone[] = ['underflow', 'subnormal', 'normal', 'overflow'];
/** Places of the scale that a zone takes: a shade each, and one that none has. */
const STEP = SHADES + 1;
const PLACES = ZONES.length * STEP;

/** Ends of the scale of {@link zonePlace}. */
export const ZONE_SPAN = [0, PLACES] as const;

/** A zone's shade as a number, for plotly colors by numbers only. */
export function zonePlace(zone: Zone, level: number): number {
  return ZONES.indexOf(zone) * STEP + level;
}

/** The scale of {@link zonePlace}: within a zone from faint to full, and no color between zones. */
export function zoneScale(): readonly (readonly [at: number, color: string])[] {
  return ZONES.flatMap((zone) =>
    [0, SHADES, STEP].map((level): readonly [number, string] => [
      zonePlace(zone, level) / PLACES,
      faded(HUE[zone], Math.min(1, level / SHADES)),
    ]),
  );
}

function faded(hex: string, opacity: number): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${channels.join(',')},${opacity.toFixed(3)})`;
}
