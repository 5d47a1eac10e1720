/** `halfnote/mime/paper`: tables and figures of views as a paper has them. Pure, nothing of Node.js. */
export { asCsv } from './csv';
export { inGrey } from './greys';
export { gridOf } from './grid-of';
export type { Grid, GridCell, GridColumn } from './grid';
export { asLatex, figureAsLatex } from './latex';
export type { Span } from './latex';
export { asMarkdown } from './markdown';
export { withDensity } from './png-density';
export { millimetresOf, pointsOf, SMALLEST_PT, unitsOf, WIDTHS_MM } from './sizes';
export type { PaperWidth } from './sizes';
export { figureSvg } from './figure-svg';
