/** `halfnote/mime/grid`: a run on another grid, as a page tells it. */
export { regions } from './table';
export type { GridRegion } from './table';
