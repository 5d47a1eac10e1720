import { firstLine } from '../errors';
import { findInstallation, type Installation } from '../installation';
import type { Remedy } from '../remedies/command';
import { bindingRemedy, tensorflowRemedy, type TensorFlowPlace } from '../remedies/remedies';
import { findTensorFlow } from './tensorflow/library';

/**
 * Why there is no native backend: WebAssembly was asked for, HALFNOTE_TENSORFLOW names a folder without a
 * TensorFlow, there is no binding, no TensorFlow, or the loader refuses what is there.
 */
export type NativeLack = 'asked' | 'misnamed' | 'binding' | 'tensorflow' | 'refused';

/** What loading threw, told apart. */
export function nativeLack(
  error: unknown,
  env: NodeJS.ProcessEnv = process.env,
  installation: Installation = findInstallation(env),
): NativeLack {
  if (env['HALFNOTE_BACKEND'] === 'wasm') return 'asked';
  try {
    if (findTensorFlow(env, installation) === undefined) return 'tensorflow';
  } catch {
    return 'misnamed';
  }
  return firstLine(error).startsWith('there is no native binding') ? 'binding' : 'refused';
}

/** What to do about it. */
export function nativeRemedy(
  lack: NativeLack,
  installation: Installation = findInstallation(),
  place?: TensorFlowPlace,
): Remedy {
  switch (lack) {
    case 'asked':
      return { hint: 'Unset HALFNOTE_BACKEND for TensorFlow.' };
    case 'misnamed':
      return {
        hint: "Set HALFNOTE_TENSORFLOW to the folder of Python's package tensorflow, or unset it.",
      };
    case 'tensorflow':
      return tensorflowRemedy(installation, place);
    case 'binding':
    case 'refused':
      return bindingRemedy(installation);
  }
}
