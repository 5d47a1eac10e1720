/** `halfnote/mime/training`: a training as it goes over the wire, and what is drawn and said of it. */
export { trainingRun } from './run';
export type { TrainingRun } from './run';
export { curvesOf, spanDecades } from './curves';
export type { CurveGroup, NamedCurve } from './curves';
export { runName, sentence, whereItIs } from './words';
