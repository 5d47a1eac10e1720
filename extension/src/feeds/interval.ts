import { LEAST_INTERVAL_S } from 'halfnote/mime/front-end';

let seconds = LEAST_INTERVAL_S;

/** How often energy is told, in seconds. */
export function energyIntervalS(): number {
  return seconds;
}

/** From now on; feeds that are open say so to their kernel when they next renew. */
export function setEnergyIntervalS(wanted: number): void {
  seconds = Math.max(LEAST_INTERVAL_S, wanted);
}
