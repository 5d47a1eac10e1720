import type { CostFormat } from './formats';

/** What a layer costs at the batch size asked for. */
export interface LayerCost {
  /** With the names of the models it is nested in: `encoder/conv2d_1`. */
  readonly name: string;
  readonly kind: string;
  /** How often the model calls it; all of them are in the row. */
  readonly calls: number;
  readonly parameters: number;
  /** Floating-point operations of the products of one inference; a multiply-add counts two. */
  readonly forwardFlops: number;
  /** Of one training step: forward, and the gradients that are computed. */
  readonly trainingFlops: number;
  /** Operations of everything that is no product, forward: one an element. */
  readonly elementwiseOps: number;
  /** Bytes of the weights that one inference reads, in the format. */
  readonly weightBytes: number;
  /** Bytes of the inputs and outputs of one inference, in the format. */
  readonly activationBytes: number;
  /** `forwardFlops` for each byte that one inference moves; null where nothing is multiplied. */
  readonly intensityFlopPerByte: number | null;
}

/** What a model costs, modelled from its products and shapes. */
export interface ModelCostResult {
  readonly model: string;
  /** Which bytes of weights it was made of; missing where there are more than can be hashed in passing. */
  readonly fingerprint?: string | undefined;
  readonly batchSize: number;
  readonly format: CostFormat;
  readonly layers: readonly LayerCost[];
  readonly parameters: number;
  readonly forwardFlops: number;
  readonly trainingFlops: number;
  readonly elementwiseOps: number;
  readonly weightBytes: number;
  readonly activationBytes: number;
  readonly intensityFlopPerByte: number | null;
}
