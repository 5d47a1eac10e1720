/** Each code of a `HalfnoteError`: what it means, and what to do. `docs/errors.md` is made of it. */
export const ERROR_CODES = {
  'already-prepared':
    'The model is fake-quantized already. Train it on, or prepare the float model again.',
  'already-quantized':
    'The model has codes for weights already. Start from the float model that it was made of.',
  'already-stepped': '`step()` was called twice for an optimizer. Call `update()` after each step.',
  'already-unscaled':
    'Gradients were unscaled twice. Call `unscale` once a step, and `update()` after `step()`.',
  'altered-report':
    'The report is not what `halfnote report` wrote. Get it from its author again, or run the notebook anew.',
  'ambiguous-intensity': 'Both a region and a `gridIntensity` are given. Leave one of them out.',
  'array-out-of-range':
    'A number of an array is none that its tensor, or its file, can hold. Take a wider type.',
  'backend-not-loaded': 'No backend is loaded yet. Call `await ensureBackend()` first.',
  'budget-unreachable':
    'No assignment of formats keeps to the budget. Raise it to what the message says, or allow narrower formats.',
  'calibration-empty':
    'The calibration data has no samples, or none reached a layer. Give a few batches of real inputs.',
  'calibration-mismatch':
    "The calibration data doesn't fit the inputs of the model. Give a tensor for each input.",
  'calibration-missing':
    'Ranges of activations need example inputs. Give some as `calibrate`, or take a mode without.',
  'calibration-not-finite':
    "The calibration data, or a layer run on it, isn't finite. Mend the data or the float model first.",
  'calibration-unused':
    'The mode makes no use of `calibrate`. Leave it out, or take the mode `static`.',
  'cannot-convert':
    'A cell of the notebook is no TypeScript that a script could have. The message says which, and why.',
  'cannot-generate':
    "The model can't generate token by token. The message names the layer that hinders it.",
  'cannot-read': "The file can't be read. The message says why.",
  'carbon-off':
    '`setCarbon(false)` takes no options. Give them to `setCarbon(true)`, `carbonReport` or `carbonCell`.',
  'cell-ended': 'The cell that this belongs to has ended. Await the call within the cell.',
  'cell-failed':
    "A cell of a notebook failed under `halfnote run`. The message holds the cell's error.",
  'check-failed':
    'A function of an assignment is not right yet. The message says in which case, and gives a hint.',
  'check-mismatch':
    "The inputs to check an export with don't fit the model. Give a tensor for each input, and rows for a batch.",
  'comm-closed': 'The comm is closed. Open a new one, or wait until the front end does.',
  'data-mismatch':
    "Data doesn't fit the model, its labels or the metric. The message says which shapes do.",
  'data-missing': 'The measurement needs data or labels. Pass `data: {x, y}`.',
  disposed: 'The model has been disposed of. Make it again, or dispose of it later.',
  empty: 'There is nothing in what was given: no numbers, no text, no formats.',
  'engine-missing':
    "The engine can't run the model here. Leave `engine` out, or name `tensorflow`.",
  'export-mismatch':
    'A file would give something else than the model. The message names the layer: keep it in float, or take a wider format.',
  'fake-quantized':
    'The model is a fake-quantized copy. `convertQat()` makes the integer model of it.',
  'fp16-overflow': 'A weight is larger than fp16 can hold. Export in fp32.',
  'input-mismatch':
    "Inputs don't fit those of the model. The message lists their names and shapes.",
  interrupted: 'The work ended with its cell. Await it in the cell that starts it.',
  'invalid-accumulation':
    'A wrong number of micro-batches or reduction, or more batches than `steps`. Call `take()` when `add()` returns true.',
  'invalid-argument':
    'An argument of a function, a magic or the command is wrong. The message says what is allowed.',
  'invalid-array-file':
    'The file is no .npy, .npz or .safetensors, is cut off, or was changed. Copy or write it again.',
  'invalid-attention-shape':
    "Queries, keys and values don't fit together. Give them the shapes in the message.",
  'invalid-axis': 'The tensor has no such axis. Give one from minus its rank to its rank less one.',
  'invalid-batch':
    'Rows of tokens differ in length or number. Pad prompts, or decode them one after another.',
  'invalid-batch-size': 'The batch size is no whole number from 1.',
  'invalid-bits':
    'The scheme or packing has no codes of so many bits. The message lists those it has.',
  'invalid-budget':
    "A budget of bits, bytes or accuracy can't be read. Write for example `{meanBits: 4}` or `'20kB'`.",
  'invalid-cache-option':
    'An option of a cache of keys and values is wrong. The message says what is allowed.',
  'invalid-call':
    'A call of the library to the kernel has wrong parameters. Library and kernel differ in version.',
  'invalid-checkpoint':
    'A file beside the weights of a checkpoint says something else than they do, or was changed. Copy the folder again.',
  'invalid-clip': "A limit of gradient clipping isn't above 0.",
  'invalid-code': "A code has more bits than its format, or isn't a whole number from 0.",
  'invalid-comm-data':
    'Data of a comm is no object that JSON can hold. Wrap it, and send bytes as buffers.',
  'invalid-comparison':
    'Two recordings of gradients are compared, each what `gradientRanges()` gave after a training, with layers of the same names.',
  'invalid-connection-file':
    "The kernel's connection file can't be used. Start the kernel from Jupyter, which writes it.",
  'invalid-data': 'The batch to explain has no tensor for each input. Pass `{data: {x, y}}`.',
  'invalid-dimension':
    "A dimension of a transformer is no whole number from 1, or key heads don't divide the heads.",
  'invalid-embodied':
    'A figure of `embodiedShare` is out of bounds. The message says which, and what is allowed.',
  'invalid-energy': 'Joules below 0, or no number. Look at how the figure came about.',
  'invalid-energy-budget':
    'An energy budget is no number above 0 with a unit: J, kJ, MJ, GJ, Wh, kWh, MWh, or g, kg, t of CO2e.',
  'invalid-environment':
    "An environment variable of Halfnote has a value that isn't allowed. The message lists those that are.",
  'invalid-exclude':
    '`exclude` names no layers. Give names, paths or patterns, as a list or with commas between.',
  'invalid-format': 'The formats to predict memory for are none, or not among those that train.',
  'invalid-granularity': 'No such granularity of scales. The message lists those there are.',
  'invalid-group':
    "Groups don't divide the depth, axis or width of heads evenly. The message lists the sizes that do.",
  'invalid-hours':
    'The file or list of intensities by hour is wrong. The message names the line, and what is allowed.',
  'invalid-include':
    '`include` names no layers. Give names, paths or patterns, as a list or with commas between.',
  'invalid-intensity': 'The intensity is no number of gCO2e/kWh from 0 to 3000.',
  'invalid-interval': '`every` of the gradient ranges is no whole number from 1.',
  'invalid-journal':
    'The file is no energy journal that this version reads. Name one that HALFNOTE_ENERGY_JOURNAL has made.',
  'invalid-keep':
    "`keep` doesn't say which layer to keep in what. Write `dense_3=fp32,conv*=bf16`.",
  'invalid-kernel-name':
    "The kernel's name has other characters than letters, digits, `.`, `_` and `-`.",
  'invalid-layer-input':
    'A layer gets inputs of a wrong number, rank or length. The message says what it takes.',
  'invalid-layer-option': "An option of a layer is wrong, or doesn't divide its width.",
  'invalid-layers':
    "`layers` doesn't say which layer is to be quantized how. Write `{head: 'fp32', 'dense_*': 'int4'}`.",
  'invalid-length': 'There are too few bytes for so many codes.',
  'invalid-loss-scale':
    'A loss scale, or a figure of its rule, makes no sense. A scale is a number above 0.',
  'invalid-loss-scaler':
    "This is no loss scaler, or one whose state isn't known. Give a preset's name or one of the classes.",
  'invalid-model': 'This is no `tf.LayersModel`.',
  'invalid-model-file':
    'The file is no model of its kind, is cut off, or was changed. Copy or write it again.',
  'invalid-notebook':
    'The file is no notebook that can be run. The message says what is wrong with it.',
  'invalid-optimizer': 'The optimizer is neither a name nor a function that makes one.',
  'invalid-optimizer-option':
    'An optimizer has no such option, or not with this value. The message says what is allowed.',
  'invalid-optimizer-weights':
    "These tensors aren't the weights of this optimizer. Give what `getWeights` of one with the same options returned.",
  'invalid-option':
    "An option of the function has a value that isn't allowed. The message lists those that are.",
  'invalid-parameter':
    "A scale or zero point is missing or can't be used. A scale is finite and above 0.",
  'invalid-price': 'A price or its currency is wrong. Give a price from 0 and an ISO 4217 code.',
  'invalid-prompt':
    'Prompts differ in length, or are text without a vocabulary. Give `{vocabulary}`.',
  'invalid-pue': '`pue` is no number from 1 to 5.',
  'invalid-range':
    "A range to round in is empty, or doesn't fit the channels. `min` is to be less than `max`.",
  'invalid-recordable':
    "`of` of the gradient ranges names what can't be recorded. The message lists what can.",
  'invalid-report': 'The file is no report that this version reads. The message says why.',
  'invalid-request':
    'A message of the front end lacks a field or has a wrong one. It is an error of the front end.',
  'invalid-sampling-option':
    'An option of sampling, such as `temperature` or `topK`, is wrong. The message says what is allowed.',
  'invalid-schedule':
    "A figure of a learning-rate schedule isn't finite, or a count of steps isn't above 0.",
  'invalid-seed': 'The seed is no whole number from 0 to 2^53 - 1.',
  'invalid-study':
    'A study needs two formats and two seeds or more, none twice, and a margin above 0.',
  'invalid-token': "A token isn't in the vocabulary of the model.",
  'invalid-tsconfig':
    "The notebook's `tsconfig.json` can't be used. Mend it where the message says, and run the cell again.",
  'invalid-units': "The number of functional units isn't above 0, or the unit has no name.",
  'invalid-window': 'The length or number of windows of a text is no whole number from 1.',
  'invalid-wue': '`wue` is no number of L/kWh from 0 to 20.',
  'journal-unusable':
    "The file for the energy journal can't be written, holds something else, or belongs to another kernel. Name one of its own.",
  'kernel-died':
    "The kernel that ran the notebook ended or didn't answer. The message holds what it said last.",
  'loss-not-scalar':
    'The loss is no scalar tensor. Reduce it with `tf.mean` or `tf.sum`, and await nothing within.',
  'no-attention':
    'No attention was found in the model, by its layers, its inputs, its operators or products around a softmax. Give dimensions instead.',
  'no-chromium': 'A PDF needs Chromium or Chrome. Install one, or name it in HALFNOTE_CHROMIUM.',
  'no-environment':
    'No Python environment is active. Activate one, or name it: `--sys-prefix <path>`.',
  'no-formats': 'No formats are given. Pass a list of names.',
  'no-fp8-recipe':
    'A layer has no FP8 recipe, since it multiplies by no matrix or kernel. Use bf16 for it.',
  'no-gradients':
    '`step()` of a `GradScaler` was given no gradients. Hand it the `grads` of `tf.variableGrads`.',
  'no-integer-kernel': 'No integer kernel computes this product here. Leave `execution` out.',
  'no-linear-layers': 'The model has no layer whose weights can be quantized.',
  'no-native-backend':
    "TensorFlow can't be loaded, and WebAssembly can't do this. Do what the hint says, or go on with `ensureBackend()`.",
  'no-notebook': 'The function needs a notebook, and there is none. Call it in a cell.',
  'no-parameters':
    'No cell of the notebook has the tag `parameters`. Tag the one that declares the defaults.',
  'no-programs':
    'Steps run op by op here, so that there is nothing to compile. The message says why.',
  'no-ranges':
    'A layer has seen no value to take a range from. Train for a few steps before converting, or predict a few batches before exporting.',
  'no-scheduler':
    'The scheduler of a sweep is not here, refuses, or has gone. The message says which; finished points stay, and the same command goes on.',
  'no-sequence': "The model doesn't tell how long a sequence may be. Give `{sequence: 1024}`.",
  'no-stdin': "The front end can't be asked for input. Run the cell in JupyterLab or Notebook.",
  'no-sweep':
    'The folder holds no sweep. `halfnote sweep <notebook> -p name=values --to <folder>` makes one.',
  'no-trainable-weights': 'The model has no weights to train.',
  'non-finite-data':
    "Training data has a NaN or an infinity, and the step wasn't taken. Drop or fill in such samples.",
  'not-a-float': 'Only float32 tensors can be stored in another format.',
  'not-a-number': 'The function takes numbers. The message says what was given.',
  'not-binary': 'The text is no binary number. Write digits 0 and 1, with a point at most.',
  'not-compiled': 'Training takes a loss and an optimizer. Call `model.compile()` first.',
  'not-finite': 'A value to quantize is NaN or infinite. Find where it comes from first.',
  'not-installed':
    'No kernel of that name is installed there. `jupyter kernelspec list` shows where kernels are.',
  'not-native': 'The format can only be simulated on this machine. Leave the option `native` out.',
  'not-prepared':
    "The model isn't fake-quantized. Prepare it with `prepareQat()` and train it, or use `quantize()`.",
  'not-quantizable': "The layer can't have the format that it was given. Leave it out of `layers`.",
  'not-quantized': 'An int8 export needs a quantized model. Quantize it first.',
  'not-readable': "The model's file can't be read. Name the file, or the folder that holds it.",
  'not-trainable':
    'Codes have no gradients. Train a fake-quantized copy of the float model: `prepareQat()`.',
  'not-writable': "The file or folder can't be written. Name a place where you may write.",
  'nothing-checked':
    '`update()` was called without a step. Call `step(optimizer, gradients)` first.',
  'nothing-to-grade':
    "The solution has no cells with points. Name one with nbgrader's metadata, as `npm run course` makes it.",
  'nothing-to-quantize': 'No layer of the model can be quantized, or all are left out.',
  'npm-failed': 'npm ended with an error. What it said stands above.',
  'npm-missing': "npm can't be started. It comes with Node.js: see that it is in the PATH.",
  offline: "npm can't reach its registry. Connect, or install from a folder or a `.tgz` file.",
  'onnx-opset':
    "The ONNX model is of an operator set that can't be rewritten. Export it again with another.",
  'onnx-out-of-range':
    "A value is none of the type that an ONNX model's input or tfjs's tensor has. The message says what that holds.",
  'onnx-too-large': 'The weights are more than an ONNX file holds. Export in a smaller format.',
  'onnx-unsupported':
    'A layer, or an option of it, has no counterpart in ONNX. The message lists what is allowed.',
  'onnxruntime-missing': "ONNX Runtime can't be loaded. Install it as the hint says.",
  'onnxruntime-refused': "ONNX Runtime can't run the file. The message holds its reason.",
  'onnxruntime-unavailable':
    "ONNX Runtime can't run the model to compare with. Leave `fp32-ort` out.",
  'other-sweep':
    'The folder holds a sweep of another notebook, other parameters or versions. Name another folder with `--to`, or go back to what it was made with.',
  'output-mismatch': 'An export gives other shapes than the model: it was made from another one.',
  'points-failed':
    'Points of a sweep failed; all others are finished. `halfnote sweep status <folder>` lists why, `halfnote sweep retry <folder>` runs them again.',
  'policy-change-in-fit':
    "The policy can't change while `model.fit` runs. Set it before or after, or use `withPrecision`.",
  'scale-underflow':
    "The values are so small that float32 can't hold their scale. Multiply them by a power of two first.",
  'sequence-too-long':
    "The model has fewer positions than the sequence would have. Ask for fewer tokens, or give `overflow: 'slide'`.",
  'shape-mismatch':
    "Shapes don't fit each other, or the number of elements. The message says which do.",
  'sum-overflow': "A sum doesn't fit 32 bits. Use fewer bits, or a shorter sum.",
  'tflite-failed': "TensorFlow's converter failed. The message holds what it said.",
  'tflite-float-only':
    '`exportTflite` takes the float model. Export the one that the quantized model was made from.',
  'tflite-mismatch':
    'Rebuilt in TensorFlow, the model gives other outputs than here, so nothing is written.',
  'tflite-missing':
    'No Python with TensorFlow was found. Install one, or name it as the message says.',
  'tflite-unsupported':
    "A layer, or an option of it, can't be exported to TensorFlow Lite. The message lists what is allowed.",
  'too-short': 'The text has fewer tokens than a window.',
  'uneven-layers':
    'Attention layers differ in heads or width. Add up `kvCacheSize({layers: 1, ...})` of each.',
  'unknown-activation-scale':
    'No such rule for the scales of activations. The message lists those there are.',
  'unknown-block-format': 'No such block format. `BLOCK_FORMATS` has them all.',
  'unknown-cache-format':
    'No such format of a cache of keys and values. The message lists those there are.',
  'unknown-call':
    'The kernel answers no such call of the library. Library and kernel differ in version.',
  'unknown-character':
    "A character isn't in the vocabulary. Make the vocabulary of a text that has it.",
  'unknown-check':
    'No assignment asks for a function of that name. The message lists those there are.',
  'unknown-engine': 'No such engine. The message lists those there are.',
  'unknown-format': 'No such number format, or not for this. The message lists those that are.',
  'unknown-granularity': 'No such granularity of scales. The message lists those there are.',
  'unknown-kernel':
    "Jupyter knows no kernel of that name. Without `--kernel`, this package's own is used.",
  'unknown-language': 'The course is not written in that language. The message lists those it is.',
  'unknown-layer':
    'No layer of the model has this name or matches this pattern. The message lists its layers.',
  'unknown-magic': 'No magic of that name. `%lsmagic` lists them all.',
  'unknown-metric': 'No such metric. The message lists those there are.',
  'unknown-node': 'The GraphModel has no node of that name. The message lists the nearest.',
  'unknown-observer': 'No such observer of ranges. The message lists those there are.',
  'unknown-optimizer':
    'No optimizer of that name. Give one that the message lists, or an instance.',
  'unknown-package': "The registry doesn't have a package of that name.",
  'unknown-parameter':
    'The cell tagged `parameters` declares no such variable. The message lists those it does.',
  'unknown-policy':
    'No such precision policy. The message lists them, and the form `p=f32,c=f16,o=f32`.',
  'unknown-quantization-mode': 'No such mode of quantization. The message lists those there are.',
  'unknown-range': 'No such measure of the range of channels. The message lists those there are.',
  'unknown-region':
    'No grid intensity is known for the region. Give a code such as FRA, US-CA or us-east-1, or `gridIntensity`.',
  'unknown-repair': 'No such repair. The message lists those there are.',
  'unknown-report-format':
    'A report is exported to no such format. The message lists those there are.',
  'unknown-rounding': 'No such rounding mode. The message lists those there are.',
  'unknown-rounding-of-outputs': 'No such rounding of outputs. The message lists those there are.',
  'unknown-scale-rule': 'No such rule for scales. The message lists those there are.',
  'unknown-schedule': 'No learning-rate schedule of that name. The message lists those there are.',
  'unknown-scheme':
    'This is no quantization scheme. Give an object with one of the kinds in the message.',
  'unknown-shape':
    'An input of the model has an open size beside the batch. Build the model with a fixed `inputShape`.',
  'unknown-treatment-of-relu6': 'No such treatment of ReLU6. The message lists those there are.',
  'unknown-variable': 'The environment has no such variable. `%env NAME=value` sets it.',
  'unknown-weight-format':
    'No such format of weights, or not for this. The message lists those that are.',
  'unknown-window': "The energy window isn't open, or has ended already.",
  'unsupported-array-type':
    "An array is of a type that tensors, or the file, can't have. The message lists those that they can.",
  'unsupported-graph':
    'The GraphModel has nodes of which no layers can be made: control flow, results of any number, text. The message names them. `layersModelOf(model, { outputs })` takes the graph up to other nodes.',
  'unsupported-mode':
    "The mode of quantization doesn't go with the format of weights or scale. The message says which does.",
  'unsupported-model':
    'The function takes another kind of model, or one that is built. The message says which.',
  'unsupported-type': 'The ONNX model has an input or output of a type that no tfjs tensor can be.',
  'weights-mismatch':
    "The file's weights don't fit those of the model. The message names the weight, and what the file has.",
  'wrong-language': 'The notebook is written for another kernel. Name it with `--kernel`.',
} satisfies Readonly<Record<string, string>>;

export type ErrorCode = keyof typeof ERROR_CODES;
