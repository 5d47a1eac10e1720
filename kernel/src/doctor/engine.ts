import type { DeviceFacts } from '../backend/contract';
import { nativeLack, nativeRemedy, type NativeLack } from '../backend/lack';
import { hasNativeBackend } from '../backend/load';
import { loadedAddon, type LoadedAddon } from '../backend/tensorflow/addon';
import { firstLine, type HalfnoteError } from '../errors';
import type { Installation } from '../installation';
import { canHaveTensorFlow, type TensorFlowPlace } from '../remedies/remedies';
import { thisMachine } from '../remedies/tensorflow-package';
import { loadedLibrary } from './places';
import { tensorflowsOf, type PythonFacts } from './python';
import type { Finding } from './view';

/** What computes in this process. */
export interface EngineState {
  readonly facts: DeviceFacts;
  readonly isNative: boolean;
  /** The libtensorflow that is loaded, where the system tells. */
  readonly library: string | undefined;
  readonly addon: LoadedAddon | undefined;
  /** Why TensorFlow wasn't loaded. */
  readonly failure: { readonly reason: string; readonly lack: NativeLack } | undefined;
}

/** That of this process. */
export function engineHere(facts: DeviceFacts, error: HalfnoteError | undefined): EngineState {
  return {
    facts,
    isNative: hasNativeBackend(),
    library: loadedLibrary(),
    addon: loadedAddon(),
    failure: error && { reason: firstLine(error), lack: nativeLack(error.cause) },
  };
}

const NAME = 'engine';

/** TensorFlow, or why WebAssembly serves: `missing` where TensorFlow should be here or can be had. */
export function engineFinding(
  state: EngineState,
  installation: Installation,
  python?: PythonFacts,
): Finding {
  return state.isNative ? native(state) : wasm(state, installation, python);
}

function native({ facts, library = 'its place is not known', addon }: EngineState): Finding {
  const device = facts.device === 'gpu' ? 'GPU' : 'CPU';
  const value = `TensorFlow ${facts.engineVersion} on the ${device} (${library})`;
  if (addon?.isPortable !== true) return { name: NAME, value, state: 'ok' };
  const built = addon.builtFor === undefined ? 'another' : `TensorFlow ${addon.builtFor}`;
  return {
    name: NAME,
    value: `${value}, by the portable binding, which has no fused kernels`,
    state: 'note',
    hint: `The binding with fused kernels was built for ${built}.`,
  };
}

function wasm(
  { facts, failure }: EngineState,
  installation: Installation,
  python: PythonFacts | undefined,
): Finding {
  const found = {
    name: NAME,
    value: `tfjs WebAssembly ${facts.engineVersion}, every 16-bit format simulated`,
  };
  if (failure === undefined) {
    const hint = 'Another tfjs backend was set: tf.setBackend("tensorflow").';
    return { ...found, state: 'missing', hint };
  }
  const { lack, reason } = failure;
  const place = python && placeOf(python);
  const remedy = nativeRemedy(lack, installation, place);
  const hint = lack === 'tensorflow' ? remedy.hint : `${reason}. ${remedy.hint}`;
  const isNote =
    lack === 'asked' ||
    (lack === 'tensorflow' &&
      (installation.kind === 'npm' || !canHaveTensorFlow(installation, place?.machine)));
  return isNote
    ? { ...found, state: 'note', hint }
    : { ...found, state: 'missing', ...remedy, hint };
}

function placeOf(python: PythonFacts): TensorFlowPlace {
  const [found] = tensorflowsOf(python);
  return {
    machine: thisMachine(python.version),
    packages: python.place,
    broken: found && `${found.name}==${found.version}`,
  };
}
