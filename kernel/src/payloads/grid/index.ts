/** `halfnote/mime/grid`: a run on another grid, as a page tells it. */
export { regions } from './table';
export type { GridRegion } from './table';
export { co2eElsewhere, timesAsMuch } from './elsewhere';
export type { IntensityRange } from './elsewhere';
