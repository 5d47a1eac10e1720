/** `halfnote/mime/sensitivity`: what layers bear, and the formats for each that keep to a budget. */
export { sensitivity } from './schema';
export type { SensitiveLayer, Sensitivity } from './schema';
export { FLOAT, Plans } from './plan';
export type { Budget, BudgetKind, Plan } from './plan';
export type { Rated } from './choices';
export { markOf } from './marks';
export { planCell } from './cell';
export { changeText } from './score';
