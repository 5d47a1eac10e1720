import type { CostFormat } from './formats';

/** What a product of an ONNX model costs at the batch size asked for. */
export interface NodeCost {
  readonly name: string;
  /** The operator. */
  readonly kind: string;
  /** Values of its constant weights and biases. */
  readonly parameters: number;
  /** Multiply-adds of one inference. */
  readonly macs: number;
  /** Floating-point operations of the same: two for a multiply-add. */
  readonly forwardFlops: number;
  /** Bytes of the weights that one inference reads, in the format. */
  readonly weightBytes: number;
  /** Bytes of the inputs and outputs of one inference, in the format. */
  readonly activationBytes: number;
  readonly intensityFlopPerByte: number | null;
}

/** What an ONNX model costs, modelled from its products and the shapes of a run. */
export interface OnnxCostResult extends Omit<NodeCost, 'name' | 'kind' | 'parameters'> {
  readonly model: string;
  readonly batchSize: number;
  readonly format: CostFormat;
  readonly nodes: readonly NodeCost[];
  /** Of the whole model: all constants that are floats. */
  readonly parameters: number;
  /** How often each operator occurs that isn't counted, the commonest first. */
  readonly notCounted: Readonly<Record<string, number>>;
  /** Those of them that multiply too. */
  readonly productsNotCounted: readonly string[];
}
