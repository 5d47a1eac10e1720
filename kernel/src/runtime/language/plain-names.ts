/** How TypeScript names a type of a cell, or of the cells before it, where two have the same name. */
const EARLIER = /import\("[^"]*\/__prev__[^"]*"\)\.([\w$.]+)/g;
const CELL = /import\("[^"]*\/__tslab__[^"]*"\)\.([\w$.]+)/g;
const FILE =
  /(?:typeof )?import\("[^"]*\/__(?:prev|tslab)__[^"]*"\)|"[^"]*\/__(?:prev|tslab)__[^"]*"/g;

/** TypeScript's words without the names of files that the user doesn't know of. */
export function withoutFileNames(text: string): string {
  return text
    .replace(EARLIER, '$1 (of an earlier cell)')
    .replace(CELL, '$1 (of this cell)')
    .replace(FILE, 'this notebook');
}
