import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs and checks the four JSON frames of a message. An empty key turns both off. */
export class Signer {
  constructor(
    private readonly key: string,
    private readonly hash: string,
  ) {
    // An unknown hash must fail at start, not at the first message.
    this.sign([]);
  }

  /** Lower-case hex, or an empty string without a key. */
  sign(frames: readonly (string | Buffer)[]): string {
    if (this.key === '') return '';
    const hmac = createHmac(this.hash, this.key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest('hex');
  }

  /** Compares in constant time, so that timing says nothing about the right signature. */
  verifies(frames: readonly Buffer[], signature: Buffer): boolean {
    if (this.key === '') return true;
    const expected = Buffer.from(this.sign(frames));
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
}
