/** Seven rows of five dots for each letter. */
const LETTERS = {
  H: '10001100011000111111100011000110001',
  A: '01110100011000111111100011000110001',
  L: '10000100001000010000100001000011111',
  F: '11111100001000011110100001000010000',
  N: '10001110011010110011100011000110001',
  O: '01110100011000110001100011000101110',
  T: '11111001000010000100001000010000100',
  E: '11111100001000011110100001000011111',
};
const [WIDTH, HEIGHT, DOT] = [6, 10, 3];

/**
 * Lines of text, dark (-1) on light (1), for images [n, channels, height, width]: what models that read
 * have something to say of. Another number gives other words, at other places.
 * @param {readonly number[]} shape
 * @param {number} shift
 */
export function textImage(shape, shift) {
  const [, channels, height, width] = shape;
  const letters = Object.values(LETTERS);
  const left = Math.round(7 * shift) % (WIDTH * DOT);
  const top = 6 + (Math.round(5 * shift) % 9);
  return (_, i) => {
    const x = (i % width) - left;
    const y = (Math.floor(i / width) % height) - top;
    const image = Math.floor(i / (width * height * channels));
    const [column, line] = [Math.floor(x / (WIDTH * DOT)), Math.floor(y / (HEIGHT * DOT))];
    if (x < 0 || y < 0) return 1;
    // Every fifth place is a blank.
    const word = column + 3 * line + 2 * image + Math.round(11 * shift);
    if (word % 5 === 4) return 1;
    const [dot, row] = [Math.floor(x / DOT) % WIDTH, Math.floor(y / DOT) % HEIGHT];
    const isInk =
      dot < 5 && row < 7 && letters[(word * 5) % letters.length]?.[5 * row + dot] === '1';
    return isInk ? -1 : 1;
  };
}
