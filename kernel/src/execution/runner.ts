import type { Tensor } from '@tensorflow/tfjs';
import type { EngineName, NodeReport } from './report';

/** A whole graph on one engine. */
export interface Runner {
  readonly engine: EngineName;
  /** For the choice between engines: how the graph runs as a whole. */
  readonly kernel: string;
  readonly nodes: readonly NodeReport[];
  /** Bytes of weights, scales and biases as they are kept. */
  readonly weightBytes: number;
  /** One tensor for each of the graph's inputs; new tensors for its outputs. */
  predict(inputs: readonly Tensor[]): Tensor[];
  dispose(): void;
}
