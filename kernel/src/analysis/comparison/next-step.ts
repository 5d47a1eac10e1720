import { HalfnoteError, shown } from '../../errors';
import { COMPARE_FORMATS, compareFormatOf } from './compare-formats';
import { quantizeOptions } from './candidates/quantize-options';

/** What the notebook calls what is compared, as a magic takes it: names, or expressions without blanks. */
export interface NotebookNames {
  readonly model: string;
  readonly calibrate?: string;
}

/** Longer cells are not proposed. */
const LONGEST = 300;

/** @throws HalfnoteError `invalid-option` unless they are texts, or none. */
export function checkNames(names: unknown): NotebookNames | undefined {
  if (names === undefined) return undefined;
  const { model, calibrate } = (names ?? {}) as Partial<Record<keyof NotebookNames, unknown>>;
  if (typeof model !== 'string' || !['string', 'undefined'].includes(typeof calibrate)) {
    throw new HalfnoteError(
      'invalid-option',
      `names is ${shown(names)}; it must be what the notebook calls the model, and calibration data if there are any.`,
      "Write names: { model: 'model' }, or leave it out.",
    );
  }
  return { model, ...(typeof calibrate === 'string' ? { calibrate } : {}) };
}

/** A cell that puts the notebook's model into a format; undefined where there is none. */
export function nextStep(format: string, names: NotebookNames | undefined): string | undefined {
  const known = compareFormatOf(format);
  if (names === undefined || known === undefined) return undefined;
  const how = COMPARE_FORMATS[known];
  if (how.kind === 'onnxruntime' || known === 'fp32') return undefined;
  if (how.kind === 'compute') return `%precision ${known}`;
  const { weights } = how;
  const mode = how.kind === 'rounded' ? 'weight-only' : how.mode;
  const { calibrate } = quantizeOptions(
    { weights, ...(mode === undefined ? {} : { mode }) },
    names.calibrate,
  );
  // Static needs data, and a name for them.
  if (mode === 'static' && calibrate === undefined) return undefined;
  const { model } = names;
  const isName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(model);
  const cell = [
    `%quantize ${weights} ${model}`,
    ...(isName ? [`--as ${model}${weights.slice(0, 1).toUpperCase()}${weights.slice(1)}`] : []),
    ...(mode === undefined || mode === 'static' ? [] : [`--${mode}`]),
    ...(mode === 'static' && weights !== 'int8' ? ['--static'] : []),
    ...(calibrate === undefined ? [] : [`--calibrate ${calibrate}`]),
  ].join(' ');
  return cell.length > LONGEST ? undefined : cell;
}
