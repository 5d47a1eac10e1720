const numbers = new WeakMap<object, number>();
let numbered = 0;

/** A number that stands for an object by identity, for keys; 0 for none. */
export function numberOf(object: object | undefined): number {
  if (object === undefined) return 0;
  let number = numbers.get(object);
  if (number === undefined) numbers.set(object, (number = numbered += 1));
  return number;
}
