import { attr } from '../backend/attributes';
import { native } from '../backend/binding';
import { DT } from '../backend/dtypes';
import { hasNativeBackend } from '../backend/load';
import { engine } from './engine-internals';
import { gradientPatch, type Patch } from './patch';

const FLOAT = [attr.type('T', DT.float)];

/** A second derivative needs ops that are on the tape, and keeps tfjs's way. */
export const reluGradient: Patch = gradientPatch(
  {
    member: 'Relu',
    why: "TensorFlow's ReluGrad is one pass over the data, where tfjs composes it of six ops.",
  },
  (original) => (dy, saved, attributes) => {
    const [x] = saved;
    const onTape = engine().state.gradientDepth > 0;
    if (onTape || x === undefined || Array.isArray(dy) || !hasNativeBackend()) {
      return original(dy, saved, attributes);
    }
    return { x: () => native().executeSingleOutput('ReluGrad', FLOAT, [dy, x]) };
  },
);
