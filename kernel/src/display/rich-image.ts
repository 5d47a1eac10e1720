/** Picture formats that front ends show. */
export type ImageType =
  'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/bmp' | 'image/svg+xml';

export interface ImageFacts {
  readonly type: ImageType;
  /** In pixels; undefined where the format does not say it in its first bytes. */
  readonly width?: number;
  readonly height?: number;
}

/** The format and size of a picture by its first bytes; undefined when they are none we know. */
export function imageSize(bytes: Uint8Array): ImageFacts | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 32));
  const starts = (text: string, at = 0): boolean =>
    head.toString('latin1', at, at + text.length) === text;
  if (starts('\x89PNG\r\n\x1a\n')) {
    if (head.length < 24) return { type: 'image/png' };
    return { type: 'image/png', width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  }
  if (starts('GIF87a') || starts('GIF89a')) {
    if (head.length < 10) return { type: 'image/gif' };
    return { type: 'image/gif', width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  }
  if (starts('\xff\xd8\xff')) return { type: 'image/jpeg' };
  if (starts('RIFF') && starts('WEBP', 8)) return { type: 'image/webp' };
  if (starts('BM')) return { type: 'image/bmp' };
  return undefined;
}
