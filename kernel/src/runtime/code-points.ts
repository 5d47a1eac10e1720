/**
 * Where to cut `text` so that at most `length` UTF-16 units come before the cut and no character
 * beyond the Basic Multilingual Plane is halved: one unit earlier inside a surrogate pair.
 */
export function cutAt(text: string, length: number): number {
  if (length <= 0) return 0;
  if (length >= text.length) return text.length;
  const isInsidePair = (text.codePointAt(length - 1) ?? 0) > 0xffff;
  return isInsidePair ? length - 1 : length;
}

/** The end of `text`, at most `length` UTF-16 units, that begins with a whole character. */
export function endOf(text: string, length: number): string {
  const excess = text.length - length;
  if (excess <= 0) return text;
  const cut = cutAt(text, excess);
  return text.slice(cut === excess ? cut : cut + 2);
}
