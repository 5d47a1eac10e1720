import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import type { OnnxFile } from '../execution/saving/save-onnx';
import type { NamedTensors } from '../export/arrays/array-files';
import type { SavedModel } from '../export/tfjs/saved-model';
import type { QuantizedOnnxModel } from '../quantization/onnx/quantized-onnx-model';
import type { QuantizedModel } from '../quantization/quantized-model';
import { wholeNumber } from './numbers';

interface QuantizeFlags {
  readonly to: string;
  readonly mode?: string;
  readonly calibrate?: string;
  readonly observer?: string;
  readonly group?: number;
  readonly granularity?: string;
  readonly scaleRule?: string;
  readonly include?: string;
  readonly exclude?: string;
  readonly out?: string;
  readonly report: string;
}

/** Adds `halfnote quantize`. `print` takes what it says on stdout. */
export function addQuantize(program: Command, print: (text: string) => void): void {
  program
    .command('quantize')
    .description('make a quantized model of an ONNX or TensorFlow.js file')
    .argument('<model>', 'an .onnx file, or the folder or model.json of a TensorFlow.js model')
    .requiredOption('--to <format>', 'int8, int4, fp16, ...: the format of the weights')
    .option('--mode <mode>', 'static, dynamic or weight-only')
    .option('--calibrate <file>', 'static: typical inputs, as .npy, or by their names as .npz')
    .option('--observer <name>', 'static: how ranges are taken from them (min-max)')
    .option('--granularity <name>', 'one scale per-channel (the default) or per-tensor')
    .option('--group <size>', 'weight-only: one scale for so many weights', wholeNumber)
    .option('--scale-rule <rule>', 'how weights become a scale (absmax/127)')
    .option('--include <names>', 'quantize these layers or nodes only')
    .option('--exclude <names>', 'leave these in float')
    .option('-o, --out <path>', 'write there; .onnx, or a folder for a TensorFlow.js model')
    .option('--report <kind>', 'text or json', 'text')
    .addHelpText('after', HELP)
    .action(async (path: string, flags: QuantizeFlags) => {
      checkReport(flags.report);
      const out = flags.out ?? join(dirname(resolve(path)), `${stem(path)}.${flags.to}.onnx`);
      checkScales(flags);
      if (isWithin(resolve(path), resolve(out))) {
        throw new HalfnoteError(
          'invalid-argument',
          `${out} is the model itself, which stays as it is.`,
          'Name another file or folder: `-o FILE`.',
        );
      }
      const { ensureBackend } = await import('../start.js');
      await ensureBackend();
      const examples = flags.calibrate === undefined ? undefined : await arrays(flags.calibrate);
      const isOnnx = path.toLowerCase().endsWith('.onnx');
      const made = isOnnx
        ? await quantizeOnnxFile(path, out, flags, examples)
        : await quantizeTfjs(path, out, flags, examples);
      print(flags.report === 'json' ? JSON.stringify(made, null, 2) : made.text);
    });
}

/** What was made, for the report. */
interface Made {
  readonly file: string;
  readonly bytes: number;
  readonly format: string;
  readonly text: string;
}

async function quantizeOnnxFile(
  path: string,
  out: string,
  flags: QuantizeFlags,
  examples: NamedTensors | undefined,
): Promise<Made> {
  const [{ loadOnnx }, { quantize }] = await Promise.all([
    import('../export/onnx/onnx-model.js'),
    import('../quantization/quantize.js'),
  ]);
  if (!out.toLowerCase().endsWith('.onnx')) {
    throw new HalfnoteError(
      'invalid-argument',
      `An ONNX model is written as .onnx, not as ${out}.`,
      'Name an .onnx file: `-o FILE.onnx`.',
    );
  }
  const model = await loadOnnx(path);
  const calibrate =
    examples === undefined ? undefined : (alone(examples, model.inputs.length) ?? examples);
  const small: QuantizedOnnxModel = await quantize(model, {
    ...options(flags),
    ...given(calibrate),
  });
  return reported(small, await small.save(out), flags, small.nodes);
}

async function quantizeTfjs(
  path: string,
  out: string,
  flags: QuantizeFlags,
  examples: NamedTensors | undefined,
): Promise<Made> {
  const [{ loadTfjs }, { quantize }, { saveOnnx }, { saveTfjs }] = await Promise.all([
    import('../export/tfjs/load-tfjs.js'),
    import('../quantization/quantize.js'),
    import('../execution/saving/save-onnx.js'),
    import('../export/tfjs/save-tfjs.js'),
  ]);
  const model = await loadTfjs(path);
  const isOnnx = out.toLowerCase().endsWith('.onnx');
  if (flags.to === 'fp16' && isForAll(flags)) {
    const file = isOnnx
      ? await saveOnnx(out, model, { format: 'fp16' })
      : await saveTfjs(out, model, { weights: 'float16' });
    const { bytes } = file;
    const text = `Wrote ${out} (${bytes} bytes)`;
    return withText({ file: resolve(out), bytes, format: 'fp16' }, text);
  }
  const calibrate = examples === undefined ? undefined : inOrder(examples, model);
  const small: QuantizedModel = await quantize(model, { ...options(flags), ...given(calibrate) });
  const file = isOnnx ? await saveOnnx(out, small) : await saveTfjs(out, small);
  return reported(small, file, flags, small.layers);
}

async function reported(
  small: QuantizedModel | QuantizedOnnxModel,
  file: OnnxFile | SavedModel,
  { to: format }: QuantizeFlags,
  layers: QuantizedModel['layers'] | QuantizedOnnxModel['nodes'],
): Promise<Made> {
  const { toBundle } = await import('../display/display.js');
  const { mode, execution, weightBytes, floatWeightBytes, notes } = small;
  const path = 'path' in file ? file.path : file.file;
  const text = `${String(toBundle(small)['text/plain'])}\nWrote ${path} (${file.bytes} bytes)`;
  const figures = { mode, execution, weightBytes, floatWeightBytes, layers, notes };
  const made = { file: path, bytes: file.bytes, format, ...figures };
  return withText(made, text);
}

/** The text is no part of the report as data. */
function withText(made: Omit<Made, 'text'>, text: string): Made {
  return Object.defineProperty(made as Made, 'text', { value: text });
}

/** Whether nothing is said but the format: it is that of all weights then, which files have by themselves. */
function isForAll(flags: QuantizeFlags): boolean {
  return Object.keys(flags).every((name) => ['to', 'out', 'report'].includes(name));
}

/** Whether a path is the model's file, or the folder that its files lie in. */
function isWithin(model: string, out: string): boolean {
  return out === model || (/\.json$/i.test(model) && out === dirname(model));
}

/** What isn't given isn't there; `quantize` checks the words. */
function options(flags: QuantizeFlags): object {
  const { to: weights, mode, observer, group, scaleRule, include, exclude } = flags;
  const granularity = group === undefined ? flags.granularity : { group };
  const all = { weights, mode, observer, granularity, scaleRule, include, exclude };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function given<T>(calibrate: T | undefined): { readonly calibrate?: T } {
  return calibrate === undefined ? {} : { calibrate };
}

async function arrays(path: string): Promise<NamedTensors> {
  const { loadArrays } = await import('../export/arrays/array-files.js');
  return loadArrays(path);
}

/** The one array of a file for a model with one input, whatever it is called. */
function alone(arrays: NamedTensors, inputs: number): tf.Tensor | undefined {
  const [first, ...others] = Object.values(arrays);
  return inputs === 1 && others.length === 0 ? first : undefined;
}

/** A tensor per input of a layers model, by the inputs' names. */
function inOrder(arrays: NamedTensors, { inputs }: tf.LayersModel): tf.Tensor | tf.Tensor[] {
  const names = inputs.map(({ name }) => name);
  const one = alone(arrays, names.length);
  if (one !== undefined) return one;
  return names.map((name) => {
    const found = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
    if (found !== undefined) return found;
    throw new HalfnoteError(
      'calibration-mismatch',
      `The examples have no '${name}'; they have '${Object.keys(arrays).join("', '")}'.`,
      `Save them by the inputs' names: numpy.savez(file, **{'${names.join("': ..., '")}': ...}).`,
    );
  });
}

function checkScales({ group, granularity }: QuantizeFlags): void {
  if (group === undefined || granularity === undefined) return;
  throw new HalfnoteError(
    'invalid-argument',
    `--group ${group} and --granularity ${granularity} both say how many weights share a scale.`,
    'Give one of them.',
  );
}

function checkReport(kind: string): void {
  if (kind === 'text' || kind === 'json') return;
  throw new HalfnoteError('invalid-argument', `--report is '${kind}'; allowed are text and json.`);
}

/** `net/model.json` to `model`, `net/` to `net`. */
function stem(path: string): string {
  return basename(path).replace(/\.(onnx|json)$/i, '');
}

const HELP = `
With --calibrate INT8 is static, without it dynamic; other formats are weight-only. An ONNX model becomes an
ONNX model; a TensorFlow.js model becomes one too, or a TensorFlow.js model where --out is a folder.

  halfnote quantize detector.onnx --to int8 --calibrate images.npy     detector.int8.onnx
  halfnote quantize net/model.json --to int4 --group 32 -o net-int4
  halfnote quantize speech.onnx --to int8 --calibrate examples.npz --exclude 'decoder*' --report json`;
