import { readFile } from 'node:fs/promises';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { withDensity } from '../payloads/paper';

let started: Promise<void> | undefined;

/** The renderer, once a process. It draws with the fonts that it is given alone, so alike on each machine. */
function start(): Promise<void> {
  started ??= readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')).then(initWasm);
  return started;
}

/** The picture in so many pixels across, which says that there are `dpi` to the inch. */
export async function png(
  svg: string,
  widthPixels: number,
  dpi: number,
  font: Buffer,
): Promise<Uint8Array> {
  await start();
  const renderer = new Resvg(svg, {
    fitTo: { mode: 'width', value: widthPixels },
    // Its only font is taken for each family that it doesn't know.
    font: { fontBuffers: [font], ...FAMILIES },
    background: '#ffffff',
  });
  try {
    const image = renderer.render();
    const data = withDensity(image.asPng(), dpi);
    image.free();
    return data;
  } finally {
    renderer.free();
  }
}

const FAMILY = 'DejaVu Sans Condensed';
const FAMILIES = { defaultFontFamily: FAMILY, sansSerifFamily: FAMILY };
