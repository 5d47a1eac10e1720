/**
 * The house: which folder of `kernel/src` stands on which floor. `npm run lint` holds the code to it,
 * and `node scripts/docs.mjs` draws CONTRIBUTING's picture and table from it.
 *
 * An import goes down: from a floor to any below it. Rooms of one floor know nothing of each other
 * unless `sideways` says so; files of one room import each other freely, but never in a circle. A room
 * is a folder without those of its folders that are rooms of their own, or a single file.
 */

/** @typedef {{readonly name: string, readonly job: string}} Room */

/** From top to bottom. @type {readonly (readonly Room[])[]} */
export const floors = [
  [{ name: 'index.ts', job: 'the library: what a cell, a magic or a plain script imports' }],
  [
    { name: 'cli', job: 'the `halfnote` command' },
    { name: 'docs', job: 'the pages under `docs/` that are made from tables in the sources' },
  ],
  [
    {
      name: 'sweep',
      job: 'a notebook over many parameters: its plan, its folder, what its points gave, compared',
    },
  ],
  [{ name: 'magics', job: 'the table of magics, and what kernel and library do with it' }],
  [
    {
      name: 'magics/catalog',
      job: 'one declaration a magic; parser, completion, help and docs derive from it',
    },
  ],
  [{ name: 'magics/language', job: 'how a magic is expanded, completed and explained' }],
  [
    { name: 'doctor', job: 'what is here, what is missing, and how to get it' },
    { name: 'notebook', job: 'what magics need of a notebook: variables, files, npm, timing' },
    {
      name: 'report',
      job: 'a notebook run as a report: made, verified, compared, exported to other formats',
    },
  ],
  [
    {
      name: 'course',
      job: '`halfnote/course`: checks of what students write, with hints; their assignments',
    },
  ],
  [
    {
      name: 'analysis',
      job: 'comparison of formats, cost, roofline, throughput, memory, hours, trials, studies',
    },
  ],
  [{ name: 'generation', job: 'text from transformers, token by token, with their KV cache' }],
  [
    {
      name: 'quantization',
      job: '`quantize`, its options and report; `observers`, `repair`, `qat`, `sensitivity`',
    },
  ],
  [
    {
      name: 'execution',
      job: 'a quantized graph in integers: on TensorFlow, in ONNX Runtime, simulated',
    },
  ],
  [{ name: 'export', job: 'files for others: `onnx`, `tflite`, `tfjs`, `arrays`' }],
  [{ name: 'graph', job: 'a model as data: folding, fusing, splitting, codes of weights' }],
  [{ name: 'schemes', job: 'number schemes: linear, codebook, sign, logarithmic' }],
  [{ name: 'integer', job: 'affine parameters, products of integers, packing' }],
  [{ name: 'start.ts', job: 'the one way to start tfjs: the backend with all that is changed' }],
  [
    {
      name: 'training',
      job: 'a training watched: its bar, curves, loss scale and joules, live in its cell',
    },
  ],
  [
    {
      name: 'compiled',
      job: 'models that predict as one program, without the JavaScript of layers',
    },
  ],
  [
    {
      name: 'precision',
      job: 'policies, autocast, loss scaling, optimizers, ranges, explanation',
    },
  ],
  [{ name: 'patches', job: 'the one table of what we change in tfjs, and its internals' }],
  [
    {
      name: 'importing',
      job: 'a GraphModel turned into layers: read, probed, its nodes mapped, the result checked',
    },
  ],
  [{ name: 'models', job: 'a tfjs model walked: layers, names, examples, data, rows, scores' }],
  [
    {
      name: 'layers',
      job: 'layers that tfjs lacks: attention, group normalization, a transformer block',
    },
  ],
  [
    {
      name: 'backend',
      job: 'TensorFlow.js on libtensorflow; 16-bit tensors; what the device can do',
    },
  ],
  [{ name: 'jupyter', job: 'sockets, messages, sessions: how the kernel speaks' }],
  [
    {
      name: 'runtime',
      job: 'how cells run: the language service, and the cell process that holds the variables',
    },
    { name: 'widgets', job: '`halfnote/widgets`: controls of ipywidgets for cells, over comms' },
  ],
  [
    { name: 'comm', job: 'messages between cells and the front end' },
    { name: 'frontend', job: 'what else cells have of the front end: input, the pager' },
  ],
  [
    { name: 'energy', job: 'devices (W, J), monitor (windows), carbon (gCO2e), what-if' },
    {
      name: 'studies',
      job: 'claims that people repeat: what bears each out, and the verdict on it; columns by machine',
    },
    { name: 'inspection', job: 'numbers and formats as a notebook shows them, bit by bit' },
    { name: 'paper', job: 'tables and charts of views as files for a paper: LaTeX, PDF, PNG' },
    {
      name: 'variables',
      job: 'values of a notebook looked at: formats, bytes, and no code of theirs is run',
    },
  ],
  [
    {
      name: 'payloads',
      job: '`halfnote/mime`: what goes over the wire to a front end, and its names',
    },
  ],
  [
    {
      name: 'magic-lines',
      job: 'where the magics of a cell stand, and their words; in the kernel and in editors',
    },
  ],
  [{ name: 'display', job: 'the drawing kit: tables, SVG, units, progress' }],
  [
    { name: 'formats', job: 'number formats as data; rounding, encoding; pure' },
    {
      name: 'files',
      job: 'files written as a whole or not at all, folders made, and why they can’t be',
    },
    { name: 'hashing', job: 'JSON in its canonical form, and SHA-256' },
    {
      name: 'literature',
      job: 'what publications claim of formats, each with its source; citations, BibTeX; pure',
    },
    { name: 'quantities', job: 'figures with their interval and method; statistics; pure' },
  ],
  [
    {
      name: 'remedies',
      job: 'what to do about each thing that can be missing, as data, by how this package came here',
    },
  ],
  [
    { name: 'host.ts', job: 'what the library may ask of the notebook that it runs in' },
    { name: 'script-cell.ts', job: 'what a script has of a notebook’s cells' },
    { name: 'errors.ts', job: '`HalfnoteError`' },
    { name: 'onnxruntime.ts', job: 'ONNX Runtime, loaded without its telemetry' },
    { name: 'ffi.ts', job: 'shared libraries of the system, and calls of their functions' },
    { name: 'installation.ts', job: 'how this package came here: checkout, wheel or npm' },
  ],
  [{ name: 'error-codes.ts', job: 'the one table of error codes' }],
];

/** Imports between rooms of one floor that are meant to be. @type {readonly {from: string, to: string}[]} */
export const sideways = [];

/** Files that may import from any floor: they look at the house from outside. Their fixtures stand in it. */
export const exempt = /\.test\.ts$/;

/**
 * What a room never reaches, over however many files and be it for a type: other rooms, or the packages
 * of an npm scope.
 * @type {readonly {from: readonly string[], to: readonly string[], why: string}[]}
 */
export const walls = [
  { from: ['formats'], to: ['host.ts'], why: 'formats are data, and ask nothing of a notebook' },
  {
    from: ['jupyter', 'formats', 'quantities', 'payloads'],
    to: ['@tensorflow'],
    why: 'how the kernel speaks, numbers and payloads know no tensors',
  },
  {
    from: ['index.ts', 'analysis', 'energy', 'formats'],
    to: ['jupyter'],
    why: 'the library works without the kernel',
  },
];

/**
 * Rooms whose code runs in a browser, with all that it imports and doesn't import for a type only: no
 * module of Node.js, over however many files.
 * @type {{rooms: readonly string[], why: string}}
 */
export const bundled = {
  rooms: ['payloads', 'magic-lines'],
  why: "the extension's bundle holds it, and a browser has no Node.js",
};

/** All that the extension imports of the kernel. */
export const contract = 'halfnote/mime';

/** What stands outside `kernel/src`. @type {readonly {names: readonly string[], job: string}[]} */
export const grounds = [
  {
    names: ['kernel/native'],
    job: "C++ that is built together with tfjs-node's binding: TensorFlow functions, fused kernels",
  },
  { names: ['kernel/python'], job: "TensorFlow's converter for `exportTflite`" },
  {
    names: ['extension/src'],
    job: 'a folder for each view and each plugin; `dom`, `plot` and `tables` are what they share',
  },
  {
    names: ['notebooks'],
    job: 'quickstart, training, quantization, energy, reports; the tests run each; `course` has the sources of assignments',
  },
  {
    names: ['test/pytorch', 'test/tensorflow', 'test/onnxruntime', 'test/scipy'],
    job: 'what these give for the same weights and data, as fixtures, and the scripts that made them',
  },
  {
    names: ['test/numpy'],
    job: "papers' algorithms in NumPy, as published: unit tests run them as judges",
  },
  {
    names: ['test/onnx', 'test/onnx-cases', 'test/tflite'],
    job: "our exports judged by the ONNX checker, ONNX Runtime and TensorFlow Lite's interpreter; ONNX's own node cases",
  },
  {
    names: ['test/cost'],
    job: "FLOPs beside PyTorch's counter and TensorFlow's profiler; trainings under one seed",
  },
  {
    names: ['test/foreign-models'],
    job: "models that packages of PyPI and npm ship, run as in Python's ONNX Runtime, and quantized beside its own quantizer",
  },
  {
    names: ['test/report-exports'],
    job: 'exports of reports judged by CodeCarbon, the schemas of BoAmps, Impact Framework, a Prometheus parser and the validator of RO-Crates',
  },
  {
    names: ['test/course'],
    job: 'releases of assignments looked through, and what students hand in graded by nbgrader',
  },
  {
    names: ['test/sweep'],
    job: 'sweeps with workers that are killed, full disks, stand-ins for Slurm that run its tasks, and Dask itself',
  },
  {
    names: ['test/scripts', 'test/tools'],
    job: 'notebooks converted to scripts and run; papermill, jupytext, nbconvert, nbval, nbdime and a gateway, each as people use it',
  },
  {
    names: ['test/npm-packages'],
    job: 'what `npm run packages` makes, installed into an empty project without scripts and used there',
  },
  {
    names: ['test/gpu'],
    job: 'every check that needs an NVIDIA GPU, and the same ones dry on the CPU; the binding against the wheel for CUDA',
  },
  {
    names: ['test/channels'],
    job: "image, dev container, Binder and conda's environment, read by their own tools and run as far as that goes without docker",
  },
  {
    names: ['test/widgets'],
    job: "widgets beside Python's ipywidgets: states, messages, abbreviations; run by nbclient, exported by nbconvert",
  },
  {
    names: ['test/versions'],
    job: 'the kernel in each Node.js, the extension in the oldest and newest JupyterLab and Notebook that we claim',
  },
  {
    names: ['test'],
    job: "conformance, tfjs-core's suite, accuracy, notebooks, browser, set-up, the runner of tests, bench; unit tests sit beside the code",
  },
];
