/**
 * Places of a JSON value that no report has and no hash holds: numbers too large for a double (`1e999`), and
 * keys that name an object's prototype. In words; empty for what was written as it should be.
 */
export function strangePlaces(value: unknown, place = ''): string[] {
  if (typeof value === 'number')
    return Number.isFinite(value) ? [] : [`${place} is no finite number`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = place === '' ? key : `${place}.${key}`;
    return key === '__proto__' ? [inner] : strangePlaces(item, inner);
  });
}

/** A string, or what opens, parts or closes. A step for each letter would need a stack as long as the string. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * The first key that an object of a JSON text has twice; `JSON.parse` takes the last without a word.
 * @param text valid JSON.
 */
export function duplicateKey(text: string): string | undefined {
  /** Of each object or list that is open: its keys; null for a list. */
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = JSON.parse(last) as string;
      const keys = open.at(-1);
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
    last = token;
  }
  return undefined;
}
