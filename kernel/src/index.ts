/** The library: what a cell, a magic or a plain Node.js script imports from `halfnote`. */

export { HalfnoteError } from './errors';
export type { ErrorCode } from './error-codes';
export { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from './host';

export { scriptCell, type ScriptCell } from './script-cell';
export { showResult } from './display/show-result';
export { clearOutput, display, type DisplayHandle, type DisplayOptions } from './display/display';

export { bibtex, figuresOf, save, type SaveOptions, tablesOf } from './paper/save';
export { PaperFigure } from './paper/paper-figure';
export { PaperTable } from './paper/paper-table';
export type { FigureOptions, FigureWidth, PaperTableOptions } from './paper/options';
export type { Grid, GridCell, GridColumn } from './payloads/paper';

export { Progress } from './display/progress';
export { input, type InputOptions } from './frontend/input';
export { page } from './frontend/pager';
export { openComm, registerCommTarget, type CommTarget } from './comm/comms';
export type { Comm, CommMessage, SendOptions } from './comm/comm';
export { html, image, json, latex, markdown, plotly, Rich, svg, vegaLite } from './display/rich';
export type { ImageType } from './display/rich-image';

export type {
  ComputeFormat,
  DeviceFacts,
  Execution,
  FormatSupport,
  StorageFormat,
} from './backend/contract';
export { deviceFacts, nativeMemory, resetPeakMemory } from './backend/load';
export { castTo, storageFormat } from './backend/storage';

export { formatBands } from './formats/bands';
export { FORMATS } from './inspection/formats';
export { formatNamed, type FormatId } from './formats/table';
export type { FormatOrName, NumberFormat } from './formats/format';
export { limits, type FormatLimits } from './formats/limits';
export { round, type RoundOptions } from './formats/round';
export { ROUNDINGS, type Rounding } from './formats/rounding';
export { decode, encode } from './formats/codec';
export { decodeArray, encodeArray, roundTo } from './formats/arrays';
export type { CodeArray } from './formats/codes';
export {
  BLOCK_FORMATS,
  decodeBlocks,
  encodeBlocks,
  type BlockFormat,
  type BlockFormatId,
  type Blocks,
} from './formats/blocks';
export {
  doubleQuantize,
  undoDoubleQuantize,
  type DoubleQuantized,
} from './formats/double-quantization';
export {
  explain,
  explainBits,
  inspectValue,
  NumberView,
  type TensorValues,
} from './inspection/views';
export type { InspectOptions } from './formats/inspect';
export type {
  Explained,
  ExplainedBits,
  InspectedFormat,
  ValueInspection,
  ValuesInspection,
  ValueStatus,
} from './formats/results';
export { packCodes, packedBytes, unpackCodes, type PackedBits } from './formats/packing';
export { randomKey, splitKey, type RandomKey } from './formats/random';

export { ensureBackend } from './start';
export { describePolicy, parsePolicy, POLICY_NAMES, type Policy } from './precision/policy';
export { castRule, castTable, type CastRule } from './precision/autocast-table';
export { AUTOCAST_DIFFERENCES, type AutocastDifference } from './precision/autocast-differences';
export { autocast, withPrecision, type ScopeOptions } from './precision/scope';
export type { Keep } from './precision/policies/keep';
export {
  PrecisionStatus,
  precisionStatus,
  setCellPrecision,
  setPrecision,
  type SetPrecisionOptions,
} from './precision/status';
export { lossScaler, setLossScaler } from './precision/session';
export { track, type TrackOptions } from './training/track';
export { NoOpLossScaler, type LossScaler } from './precision/loss-scale/scaler';
export { StaticLossScaler } from './precision/loss-scale/static';
export { DynamicLossScaler, type DynamicLossScalerOptions } from './precision/loss-scale/dynamic';
export { GradScaler } from './precision/loss-scale/grad-scaler';
export { GradientAccumulator, type AccumulatorOptions } from './precision/loss-scale/accumulator';
export type { NonFiniteGradient } from './precision/loss-scale/non-finite';
export {
  lossScalerFrom,
  lossScalerState,
  restoreLossScaler,
  type LossScalerPreset,
  type LossScalerState,
} from './precision/loss-scale/state';
export { LossScaleTrace } from './precision/loss-scale/trace';
export type { LossScalePoint, SkippedStep } from './precision/loss-scale/result';
export { optimizers } from './precision/optimizers/optimizers';
export type {
  AdadeltaOptions,
  AdagradOptions,
  AdamaxOptions,
  AdamOptions,
  RmspropOptions,
  SgdOptions,
} from './precision/optimizers/classes';
export { RuleOptimizer } from './precision/optimizers/optimizer';
export { clipByGlobalNorm, clipByNorm, clipByValue } from './precision/optimizers/clip';
export {
  scheduleFrom,
  schedules,
  type LearningRateSchedule,
  type ScheduleConfig,
} from './precision/schedules/schedule';
export { compileStep, type CompileOptions } from './precision/compile/compile-step';
export { COMPILERS, type Compiler } from './precision/compile/compilers';
export { compileStatus, setCompile } from './precision/compile/status';
export { explainLayers, type ExplainOptions } from './precision/explain/explain';
export {
  explainPrecision,
  type OnnxExplainOptions,
} from './analysis/explanation/explain-precision';
export { explainOnnx } from './analysis/explanation/onnx-explanation';
export type { ExplainedNode, OnnxExplanationResult } from './analysis/explanation/onnx-result';
export { OnnxExplanation } from './analysis/explanation/onnx-view';
export type { ExplainedOp, Explanation } from './precision/explain/result';
export { PrecisionExplanation } from './precision/explain/explanation';
export {
  proposeKeep,
  proposeLossScale,
  type KeepProposal,
  type LayerRanges,
  type LossScaleProposal,
} from './precision/explain/proposals';
export { suggestLossScale } from './precision/ranges/suggest';
export {
  GradientRangesView,
  gradientRanges,
  recordGradients,
  type RecordGradientsOptions,
} from './precision/ranges/gradient-ranges';
export {
  GradientComparisonView,
  compareGradients,
  type CompareGradientsOptions,
} from './precision/ranges/compare';
export type { Recordable } from './precision/ranges/kinds';

export { scaledDotProductAttention, type AttentionOptions } from './layers/attention';
export {
  AttentionHeads,
  attentionHeads,
  type AttentionHeadsOptions,
} from './layers/attention-heads';
export {
  MultiHeadAttention,
  multiHeadAttention,
  type MultiHeadAttentionOptions,
} from './layers/multi-head-attention';
export {
  GroupNormalization,
  groupNormalization,
  type GroupNormalizationOptions,
} from './layers/group-normalization';
export {
  PositionEmbedding,
  positionEmbedding,
  type PositionEmbeddingOptions,
} from './layers/position-embedding';
export {
  RMSNormalization,
  rmsNormalization,
  type RMSNormalizationOptions,
} from './layers/rms-normalization';
export {
  RotaryEmbedding,
  rotaryEmbedding,
  type RotaryEmbeddingOptions,
} from './layers/rotary-embedding';
export type { RotaryLayout } from './layers/rotary-table';
export { TiedEmbedding, tiedEmbedding, type TiedEmbeddingOptions } from './layers/tied-embedding';
export { GraphOp, type GraphOpOptions } from './layers/graph-op';
export type {
  GraphOpArgument,
  GraphOpDefinition,
  GraphOpResult,
} from './layers/graph-op-definition';
export type { FloatModel } from './models/graph-model';
export { layersModelOf, type LayersModelOptions } from './importing/layers-model-of';
export { transformerBlock, type TransformerBlockOptions } from './layers/transformer';
export { decoderBlock, type DecoderBlockOptions } from './layers/decoder-block';
export { buildDecoder, type DecoderOptions } from './layers/decoder-model';

export { splitAttention } from './graph/split-attention';
export { KvCacheComparison } from './generation/comparison/view';
export { DecoderComparison } from './generation/comparison/decoder-view';
export type { DecoderComparisonResult, DecoderRow } from './generation/comparison/decoder-view';
export {
  compareDecoders,
  type CompareDecodersOptions,
  type DecoderFormat,
} from './generation/comparison/compare-decoders';
export { perplexity, type PerplexityOptions } from './generation/comparison/perplexity';
export { compareKvCache, type CompareKvCacheOptions } from './generation/comparison/compare-caches';
export type { KvCacheComparisonResult, KvCacheRow } from './generation/comparison/result';
export { Decoder, type CacheChoice, type DecodingEngine } from './generation/decoder';
export { generate, type GenerateOptions, type Prompt } from './generation/generate';
export { decoderFromCheckpoint } from './generation/checkpoint';
export type { EmbeddingFormat } from './graph/embedding-table';
export { loadDecoder, type LoadDecoderOptions } from './generation/load-decoder';
export type { CheckpointConfig } from './generation/checkpoint-config';
export { Generation, type GenerationResult } from './generation/generation';
export type { SamplingOptions } from './generation/sample';
export type { DecoderSource } from './generation/plan';
export { CharacterVocabulary, type Vocabulary } from './generation/vocabulary';
export { kvDimensions } from './generation/kv-cache/dimensions';
export { KV_FORMATS, type KvCacheOptions, type KvFormat } from './generation/kv-cache/layout';
export { kvCacheSize, type KvCacheSize, type KvDimensions } from './generation/kv-cache/size';
export { KvCacheTable } from './generation/kv-cache/table';
export { kvCacheTable, type OnnxKvCacheTableOptions } from './analysis/kv-cache/kv-cache-table';
export { onnxKvDimensions } from './analysis/kv-cache/onnx-dimensions';

export { quantize } from './quantization/quantize';
export { quantizeGraph, type Quantized } from './quantization/quantize-graph';
export type {
  ActivationRounding,
  FusedActivation,
  LinearWeightFormat,
  QuantizedGraph,
  QuantizedNode,
  QuantizedOp,
  TableWeightFormat,
  WeightCodes,
  WeightFormat,
} from './graph/quantized-graph';
export type {
  LayerFormat,
  LayerNames,
  LayerOptions,
  LayerSettings,
} from './quantization/layer-rules';
export type { WeightScaleRule } from './graph/scale-rules';
export type { WeightGranularity } from './graph/weight-codes';
export {
  runGraph,
  type EngineChoice,
  type GraphRunner,
  type RunOptions,
} from './execution/run-graph';
export type { Candidate, Choice, EngineName, NodeReport } from './execution/report';
export { QuantizedModel, type QuantizationMode } from './quantization/quantized-model';
export type { QuantizeOptions } from './quantization/options';
export type { LayerReport, QuantizationReport, ReportRow } from './quantization/report';
export { QuantizedOnnxModel } from './quantization/onnx/quantized-onnx-model';
export type { OnnxQuantizeOptions } from './quantization/onnx/options';
export type { OnnxSensitivityOptions } from './quantization/onnx/sensitivity';
export type { OnnxCalibration, OnnxInput } from './quantization/onnx/calibrate';
export { plotModel, type PlotModelOptions } from './analysis/model-plot/plot-model';
export { ModelPlot, type ModelPlotResult } from './analysis/model-plot/view';
export type { GraphColor, GraphLayout, PlottedBox, PlottedNode } from './payloads/graph/schema';
export { weightHistograms } from './quantization/weights/weight-histograms';
export { WeightHistograms, type WeightHistogramsResult } from './quantization/weights/view';
export type { BeforeAndAfter, WeightFigures } from './quantization/weights/weight-figures';
export { OBSERVERS, type ObserverName } from './quantization/observers/observers';
export {
  asymmetricParams,
  dequantizeValue,
  quantizeSymmetric,
  quantizeValue,
  roundHalfEven,
} from './integer/affine';

export { quantizeTensor, type QuantizeTensorOptions } from './schemes/quantize-tensor';
export { QuantizedTensor, type WorkingRow } from './schemes/quantized-tensor';
export type { GivenGranularity, QuantizationGranularity } from './schemes/granularity';
export type { QuantizationScheme } from './schemes/scheme';
export type { FloatScaleRule } from './schemes/float-scale';
export type { WeightName } from './formats/uses';
export type { ActivationFormat, ActivationRule } from './quantization/float-activations';
export {
  dequantizeLinear,
  quantizeLinear,
  type LinearCodesOptions,
  type LinearParameters,
  type QuantizeLinearOptions,
} from './schemes/linear-codes';
export type { IntegerTensor } from './integer/integer-operands';
export {
  integerConv2d,
  integerMatMul,
  type IntegerConvOptions,
  type IntegerProductOptions,
  type IntegerSums,
} from './integer/integer-product';
export {
  quantizedConv2d,
  quantizedMatMul,
  type QuantizedProduct,
  type ResultParameters,
  type ScaledTensor,
} from './integer/quantized-product';

export type {
  LayerRepair,
  RepairOptions,
  RepairReport,
  RoundingReport,
  ScalingReport,
  RepairStep,
} from './quantization/repair/options';
export type { AdaRoundOptions } from './quantization/repair/adaround';
export type { GptqOptions } from './quantization/repair/gptq/gptq';
export type { AwqOptions } from './quantization/repair/scaling/awq';
export type { SmoothQuantOptions } from './quantization/repair/scaling/smoothquant';

export { layerSensitivity } from './quantization/sensitivity/sensitivity';
export type { SensitivityResult, SensitivityRow } from './quantization/sensitivity/result';
export { LayerSensitivity } from './quantization/sensitivity/view';
export type { SensitivityMetric, SensitivityOptions } from './quantization/sensitivity/settings';
export { chooseBits, type ChooseBitsOptions } from './quantization/sensitivity/choose-bits';
export type { BitFormat } from './quantization/sensitivity/units';
export { BitAssignment, type AssignedLayer } from './quantization/sensitivity/assignment';
export type { BitBudget } from './quantization/sensitivity/budget';

export { fakeQuantize, type FakeQuantizeOptions } from './quantization/qat/fake-quantize';
export { straightThrough, type StraightThroughOptions } from './quantization/qat/straight-through';
export { prepareQat, type QatModel } from './quantization/qat/prepare';
export type { QatOptions } from './quantization/qat/options';
export type { QatObserver } from './quantization/qat/activation-layer';
export { convertQat, type ConvertQatOptions } from './quantization/qat/convert';
export { describeQat, QatReport } from './quantization/qat/view';
export { compareQat, QatComparison } from './quantization/qat/compare';

export {
  compareExport,
  ExportComparison,
  type OutputDifference,
} from './export/onnx/compare-export';
export { exportOnnx, type OnnxSource } from './export/onnx/export-onnx';
export { ONNX_LAYERS } from './export/onnx/layers/table';
export { loadOnnx, OnnxModel, type LoadOnnxOptions } from './export/onnx/onnx-model';
export { saveTfjs, type SaveTfjsOptions, type TfjsSource } from './export/tfjs/save-tfjs';
export { SavedModel } from './export/tfjs/saved-model';
export { loadTfjs } from './export/tfjs/load-tfjs';
export type { TfjsWeights } from './export/tfjs/weight-spec';
export {
  loadNpy,
  loadNpz,
  loadSafetensors,
  saveNpy,
  saveNpz,
  saveSafetensors,
  type NamedTensors,
  type Safetensors,
  type SaveArrayOptions,
  type SaveNpzOptions,
  type SaveSafetensorsOptions,
} from './export/arrays/array-files';
export type { ArrayType } from './export/arrays/element-types';
export {
  loadWeights,
  type LoadedWeights,
  type LoadWeightsOptions,
  type WeightSource,
} from './export/arrays/load-weights';
export type { OnnxExportOptions, OnnxFormat } from './export/onnx/options';
export { OnnxFile, saveOnnx } from './execution/saving/save-onnx';
export { summarizeOnnx, type OnnxSummary, type OnnxValue } from './export/onnx/summary';
export { exportTflite, TfliteModel } from './export/tflite/export-tflite';
export { TFLITE_LAYERS } from './export/tflite/layers';
export type { TfliteExportOptions, TfliteFormat } from './export/tflite/options';
export { saveTflite, TfliteFile } from './export/tflite/save-tflite';
export type { TfliteError, TfliteSummary } from './export/tflite/summary';

export { compare } from './analysis/comparison/compare';
export type { CompareOptions } from './analysis/comparison/options';
export { clearSeed, currentSeed, describeSeed, setSeed } from './patches/seed';

export {
  COMPARE_FORMATS,
  COMPARE_FORMAT_NAMES,
  type CompareFormat,
  type CompareKind,
} from './analysis/comparison/compare-formats';
export type { EnergyMeter } from './analysis/comparison/energy';
export { PrecisionComparison } from './analysis/comparison/comparison';
export {
  type CitedClaim,
  Literature,
  literature,
  type LiteratureOptions,
} from './analysis/literature/literature';
export type { Claim, Quantity as ClaimedQuantity } from './literature/claim';
export type { OftenClaimed } from './literature/often-claimed';
export type { Source } from './literature/source';
export { accuracyStudy, type StudyOptions } from './analysis/study/study';
export type { StudyResult, StudyRow } from './analysis/study/result';
export { AccuracyStudy } from './analysis/study/view';
export { trainingMemory, type TrainingMemoryOptions } from './analysis/memory/training-memory';
export type { FormatMemory, LayerRow, TrainingMemoryResult } from './analysis/memory/result';
export { TrainingMemory } from './analysis/memory/view';
export { inferenceMemory } from './analysis/memory/inference-memory';
export type { InferenceMemoryResult, NodeMemory } from './analysis/memory/inference-result';
export { InferenceMemory } from './analysis/memory/inference-view';
export { modelMemory } from './analysis/memory/model-memory';
export type { OnnxRunOptions } from './analysis/onnx/run-once';
export { formatTable } from './analysis/formats/format-table';
export type { FormatRow } from './analysis/formats/result';
export { modelCost, type ModelCostOptions } from './analysis/cost/model-cost';
export { COST_FORMATS, type CostFormat } from './analysis/cost/formats';
export type { LayerCost, ModelCostResult } from './analysis/cost/result';
export { ModelCost } from './analysis/cost/view';
export type { OnnxCostOptions } from './analysis/cost/onnx-cost';
export type { NodeCost, OnnxCostResult } from './analysis/cost/onnx-result';
export { OnnxCost } from './analysis/cost/onnx-view';
export { gpuHours } from './analysis/gpu-hours/gpu-hours';
export { trainingBudget } from './analysis/gpu-hours/budget';
export type {
  Budget,
  GpuHoursOptions,
  ResourceOptions,
  TrainingBudgetOptions,
  WorkOptions,
} from './analysis/gpu-hours/options';
export type { GpuHoursResult, TrainingBudgetResult } from './analysis/gpu-hours/result';
export { GpuHours, TrainingBudget } from './analysis/gpu-hours/view';
export { measureTrials } from './analysis/measure/measure-trials';
export { Measurement } from './analysis/measure/measurement';

export type { TrialsOptions, TrialSettings } from './energy/trials/settings';
export type { TrialsResult, VariantComparison, VariantFigures } from './energy/trials/result';
export type { TrialVerdict } from './energy/trials/judge';
export type { Concern, Finding } from './energy/trials/checks/check';
export type { Trial } from './energy/trials/trial';

export type { Method, Quantity, Spread } from './quantities/quantity';
export { printQuantity, type PrintOptions } from './quantities/print';
export { welch, type Estimate, type Verdict, type WelchComparison } from './quantities/welch';
export { wilsonInterval, type Interval } from './quantities/proportion';
export { compareHits, type PairedHits, type PairedScores } from './quantities/paired-hits';
export { compareMeans } from './quantities/paired-means';
export { roofline, type RooflineOptions } from './analysis/roofline/roofline';
export { ROOFLINE_FORMATS, type RooflineFormat } from './analysis/roofline/formats';
export type { Roof, RooflinePoint, RooflineResult } from './analysis/roofline/result';
export { Roofline } from './analysis/roofline/view';
export { throughput, type ThroughputOptions } from './analysis/throughput/throughput';
export { trainToTarget, type TrainToTargetOptions } from './analysis/throughput/train-to-target';
export { TrainingToTarget } from './analysis/throughput/target-view';
export type {
  BatchLatency,
  TargetRun,
  ThroughputResult,
  ThroughputRow,
  TrainingToTargetResult,
} from './analysis/throughput/result';
export { Throughput } from './analysis/throughput/view';
export {
  timeToAccuracy,
  TimeToAccuracy,
  type TimeToAccuracyOptions,
  type TimeToAccuracyResult,
} from './analysis/throughput/time-to-accuracy';

export {
  CarbonView,
  carbonCell,
  carbonReport,
  energyWindows,
  measureEnergy,
  resetEnergy,
  setCarbon,
  type CarbonOptions,
  type MeasureOptions,
  type MeasuredEnergy,
} from './energy/measure';

export { EnergyMonitor, type MonitorOptions, type OpenWindow } from './energy/monitor/monitor';
export type { Account, PartEnergy, WindowEnergy, WindowKind } from './energy/window';
export {
  carbonFactor,
  co2eGrams,
  intensityQuantity,
  type CarbonFactor,
} from './energy/carbon/factor';
export {
  co2e,
  embodiedShare,
  softwareCarbonIntensity,
  waterL,
  type EmbodiedOptions,
  type SciOptions,
  type SoftwareCarbonIntensity,
} from './energy/carbon/footprint';
export { costOf, type Money, type PriceOptions } from './energy/carbon/money';
export { gridIntensity, type GridIntensity } from './energy/carbon/grid';
export { resolveRegion, type Region } from './energy/carbon/regions';
export type { IntensitySource } from './energy/carbon/sources';
export { setEnergyBudget, type EnergyBudgetOptions } from './energy/budget/set-budget';
export type { BudgetAmount } from './energy/budget/amount';
export {
  EnergyCallback,
  energyCallback,
  type EnergyCallbackOptions,
} from './energy/training/energy-callback';
export { energyPerEpoch, type EnergyFit } from './energy/training/energy-per-epoch';
export type { EpochEnergy } from './energy/training/prediction';
export { TrainingEnergy } from './energy/training/training-energy';
export { whatIf, whatIfMeasured, whatIfSession } from './energy/what-if/what-if';
export { WhatIf } from './energy/what-if/view';
export type { HourlyIntensity } from './energy/what-if/hours/entry';
export type { PrecisionRatio, WhatIfOptions } from './energy/what-if/options';
export type { Scenario, WhatIfResult } from './energy/what-if/result';
export type { Measured, MeasuredRun } from './energy/what-if/run';
export { energyJournal } from './energy/journal/energy-journal';
export { readJournal, type Journal, type JournalSession } from './energy/journal/read-journal';
export type { JournalProblem } from './energy/journal/scan';
export type { JournalHeader, WindowRecord } from './energy/journal/records';
export { findMeters, type FindOptions } from './energy/devices/find';
export {
  simulatedMeter,
  type SimulatedMeter,
  type SimulatedOptions,
} from './energy/devices/simulated';
export { nullMeter } from './energy/devices/null';
export type { Absence, Found, Meter, Reading } from './energy/devices/meter';

export { lsmagic, magicHelp } from './magics/help';
export { environment } from './notebook/environment';
export { loadIntoCell, writeCellFile } from './notebook/files';
export { npm, type NpmOptions } from './notebook/npm';
export { timeIt, Timing, type TimeItOptions } from './notebook/timeit';
export { timeCell, timed } from './notebook/timing';
export { typeChecks } from './notebook/type-checks';
export { describeVariables } from './notebook/describe-variables';
export { listVariables, resetNotebook } from './notebook/variables';

export { reportInput } from './report/inputs/report-input';
export { record, type MetricValue } from './sweep/record';
export { recordResult, type ResultOptions } from './report/results/record-result';
export { recordVerdict, type VerdictOptions } from './report/results/record-verdict';
export { verdictChart } from './report/results/verdict-chart';
export { shortForm } from './studies/short-form';
export type { ClaimVerdict } from './studies/claim-verdict';
export type { TestedClaim } from './studies/tested-claim';
export {
  exportReport,
  REPORT_EXPORTS,
  type ReportExportFormat,
} from './report/export/export-report';
export type { ExportedFile } from './report/export/exported-file';
export type { InfrastructureType, ReportExportOptions } from './report/export/export-options';

export { doctor } from './doctor/doctor';
export { DoctorReport } from './doctor/view';
