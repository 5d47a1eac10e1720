import { HalfnoteError } from '../../errors';
import { searchPython } from '../../files/search-python';
import { tensorflowInstall } from '../../remedies/remedies';

/**
 * A Python in which TensorFlow is installed: `named` and no other, else the first of HALFNOTE_PYTHON,
 * the `.venv` of this package or the working folder, the active environment, `python3` and `python`.
 * @throws HalfnoteError `tflite-missing` with all that was tried.
 */
export async function findTensorflowPython(
  named?: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { python, tried } = await searchPython('tensorflow', {
    called: 'TensorFlow',
    from: __dirname,
    named,
    env,
  });
  if (python !== undefined) return python;
  throw new HalfnoteError(
    'tflite-missing',
    `No Python with TensorFlow was found. Tried: ${tried.join(', ')}.`,
    'TensorFlow Lite files are written by TensorFlow itself. Install it, for example with ' +
      `\`${tensorflowInstall()}\`, and name that Python: the option \`python\`, or HALFNOTE_PYTHON.`,
  );
}
