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
