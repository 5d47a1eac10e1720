import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { GraphOpDefinition } from './graph-op-definition';
import { baseConfig, registerLayer, type LayerOptions } from './register';
import { SingleOp } from './single-op';

export interface GraphOpOptions extends LayerOptions {
  /** A {@link GraphOpDefinition}, or its JSON in hexadecimal, as a saved model has it. */
  readonly definition: GraphOpDefinition | string;
}

/**
 * A TensorFlow op of a `tf.GraphModel` as a layer, run by tfjs's own executor of graphs. It is what
 * becomes of an op that no layer computes. Weights: the op's constant tensors.
 */
export class GraphOp extends tf.layers.Layer {
  static readonly className = 'GraphOp';
  readonly definition: GraphOpDefinition;
  private readonly run: SingleOp;
  private constants: tf.LayerVariable[] = [];

  constructor(options: GraphOpOptions) {
    super(baseConfig(options));
    const { definition } = options;
    this.definition = typeof definition === 'string' ? fromHex(definition) : definition;
    this.run = new SingleOp(this.definition);
  }

  override build(): void {
    let count = 0;
    for (const argument of this.definition.arguments) {
      if (argument.from !== 'weight') continue;
      const { shape, dtype } = argument;
      const name = `constant${(count += 1)}`;
      const zeros = tf.initializers.zeros();
      // Trained by nobody: in the graph it is a constant.
      this.constants.push(this.addWeight(name, [...shape], dtype, zeros, undefined, false));
    }
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor | Tensor[] {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const constants = this.constants.map((constant) => constant.read());
      const results = this.run.execute([inputs].flat(), constants);
      return results.length === 1 ? (results[0] as Tensor) : results;
    });
  }

  override computeOutputShape(): tf.Shape | tf.Shape[] {
    const shapes = this.definition.results.map(({ shape }) => [...shape]);
    return shapes.length === 1 ? (shapes[0] ?? []) : shapes;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), definition: toHex(this.definition) };
  }
}

registerLayer(GraphOp);

/** tfjs rewrites keys and strings of a configuration to another case; it leaves these digits. */
function toHex(definition: GraphOpDefinition): string {
  return Buffer.from(JSON.stringify(definition)).toString('hex');
}

function fromHex(text: string): GraphOpDefinition {
  return JSON.parse(Buffer.from(text, 'hex').toString('utf8')) as GraphOpDefinition;
}
