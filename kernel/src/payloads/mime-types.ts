/** The names of our MIME types. What needs only these imports this file, and so no schema. */
export const MIME = {
  precisionTable: 'application/vnd.halfnote.precision-table.v1+json',
  gradientRanges: 'application/vnd.halfnote.gradient-ranges.v1+json',
  gradientComparison: 'application/vnd.halfnote.gradient-comparison.v1+json',
  trainingRun: 'application/vnd.halfnote.training-run.v1+json',
  carbon: 'application/vnd.halfnote.carbon.v2+json',
  inspection: 'application/vnd.halfnote.inspection.v1+json',
  sensitivity: 'application/vnd.halfnote.sensitivity.v1+json',
  modelGraph: 'application/vnd.halfnote.model-graph.v1+json',
  weightHistograms: 'application/vnd.halfnote.weight-histograms.v1+json',
  kvCache: 'application/vnd.halfnote.kv-cache.v1+json',
} as const;
