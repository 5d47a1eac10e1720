/** `halfnote/mime/weights`: weights before and after rounding, as they go over the wire, and their words. */
export { weightHistogram, weightHistograms, weightLayer } from './histograms';
export type { WeightHistogram, WeightHistogramsPayload, WeightLayer } from './histograms';
export { heights, outline } from './steps';
export type { Scale } from './steps';
export { noisiestFirst, scaleText, shareText, signed, sqnrText, worstChannelText } from './words';
