import { host } from '../host';

let wait: (() => void) | undefined;

/**
 * Windows begin and end when the device has done what it was asked for before: to be called with what waits
 * for that by a backend whose work goes on after its calls. Ends of cells are waited for too.
 */
export function setDeviceWait(waits: () => void): void {
  wait = waits;
  host()?.onEachCellEnd?.(waitForDevice);
}

/** Returns when the device has done all work so far; at once where none works on by itself. */
export function waitForDevice(): void {
  try {
    wait?.();
  } catch {
    // What the device could not do fails where its result is read; the window has to end all the same.
  }
}
