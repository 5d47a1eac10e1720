/** The promise of the design: a second, from the request to the cell's end. */
export const LIMIT_MS = 1000;
