import type { DataType } from '@tensorflow/tfjs';

/** Where an argument of a TensorFlow op comes from. */
export type GraphOpArgument =
  /** The next of the layer's inputs. */
  | { readonly from: 'input' }
  /** The next of the layer's weights. */
  | {
      readonly from: 'weight';
      readonly shape: readonly number[];
      readonly dtype: 'float32' | 'int32';
    }
  /** A value that says how the op runs: axes, sizes, a shape. */
  | {
      readonly from: 'constant';
      readonly shape: readonly number[];
      readonly dtype: 'float32' | 'int32' | 'bool';
      readonly values: readonly number[];
    };

export interface GraphOpResult {
  /** Which of the op's outputs it is. */
  readonly index: number;
  /** With the batch; `null` where a size is open. */
  readonly shape: readonly (number | null)[];
  readonly dtype: DataType;
}

/** One TensorFlow op, as a frozen graph has it. */
export interface GraphOpDefinition {
  /** TensorFlow's name of the op: `StridedSlice`. */
  readonly op: string;
  /** As the node of the GraphDef has them, in JSON. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly arguments: readonly GraphOpArgument[];
  readonly results: readonly GraphOpResult[];
}
