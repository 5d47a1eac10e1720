import { crc32 } from '../../display/crc32';

/** Before the first other chunk of a PNG: its signature, and its header with length, name and check sum. */
const AFTER_HEADER = 8 + 25;
/** `pHYs`. */
const NAME = [0x70, 0x48, 0x59, 0x73];
const PER_METRE = 1;

/** A PNG that says how many of its pixels are an inch, so that programs place it in the size that was meant. */
export function withDensity(png: Uint8Array, dpi: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(4 + 4 + 9 + 4);
  const view = new DataView(chunk.buffer);
  const perMetre = Math.round(dpi / 0.0254);
  view.setUint32(0, 9);
  chunk.set(NAME, 4);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = PER_METRE;
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  const all = new Uint8Array(png.length + chunk.length);
  all.set(png.subarray(0, AFTER_HEADER));
  all.set(chunk, AFTER_HEADER);
  all.set(png.subarray(AFTER_HEADER), AFTER_HEADER + chunk.length);
  return all;
}
