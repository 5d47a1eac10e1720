/** What is held while a node of a graph runs. */
export interface NodeMemory {
  readonly name: string;
  /** The operator. */
  readonly kind: string;
  /** Bytes of its constants that no node before it takes. */
  readonly weightBytes: number;
  /** Bytes of what it makes. */
  readonly outputBytes: number;
  /** Bytes of all activations that are alive while it runs: inputs, outputs, what later nodes take. */
  readonly liveBytes: number;
}

/** The memory of inference, modelled from the sizes of one run. */
export interface InferenceMemoryResult {
  readonly model: string;
  readonly batchSize: number;
  readonly nodes: readonly NodeMemory[];
  /** Bytes of all constants, as the file has them. */
  readonly weightBytes: number;
  /** The largest `liveBytes`, and the node that it is held at. */
  readonly peakActivationBytes: number;
  readonly peakNode: string;
  /** Weights and the largest activations together. */
  readonly peakBytes: number;
}
