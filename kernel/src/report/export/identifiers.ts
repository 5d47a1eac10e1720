/**
 * A UUID that says the same as a hash: its first bits, as version 8 of RFC 9562 allows. The same report
 * has the same one at each export.
 * @param hash `sha256:` and 64 hexadecimal digits.
 */
export function uuidOf(hash: string): string {
  const hex = hash.slice(hash.indexOf(':') + 1);
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
