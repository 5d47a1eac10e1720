import { withDensity } from 'halfnote/mime/paper';
import type { Picture } from './picture';

const MM_PER_INCH = 25.4;

/** The picture in `dpi` pixels to the inch, which the file says. */
export async function png({ svg, widthMm, aspect }: Picture, dpi: number): Promise<Blob> {
  const width = Math.round((widthMm / MM_PER_INCH) * dpi);
  const height = Math.round(width / aspect);
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, 'image/png');
    });
    if (blob === null)
      throw new Error(`The browser makes no picture of ${width} x ${height} pixels.`);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return new Blob([withDensity(bytes, dpi)], { type: 'image/png' });
  } finally {
    URL.revokeObjectURL(image.src);
  }
}
