/**
 * The largest scale that fits below one that doesn't, by halving: in steps that double until one fits,
 * then between the last two. So a scale that is near costs few tries, and one that is far not many.
 *
 * @param fits Whether a scale does. Below one that fits, all do.
 * @param tooLarge A scale that doesn't.
 * @param least The smallest to try.
 * @returns undefined where not even that fits.
 */
export function largestFittingScale(
  fits: (scale: number) => boolean,
  tooLarge: number,
  least: number,
): number | undefined {
  const most = Math.floor(Math.log2(tooLarge / least));
  const halved = (times: number): number => tooLarge * 2 ** -times;
  let bad = 0;
  let good = 1;
  while (good <= most && !fits(halved(good))) {
    bad = good;
    good = good < most ? Math.min(2 * good, most) : most + 1;
  }
  if (good > most) return undefined;
  while (good - bad > 1) {
    const middle = (good + bad) >> 1;
    if (fits(halved(middle))) good = middle;
    else bad = middle;
  }
  return halved(good);
}
