/**
 * What of a production `node_modules` a wheel has in it: rules as data. A file is left out by the first
 * rule of its package that names it, else kept. Types (`.d.ts`) stay: cells are checked with them.
 */

/**
 * Of these packages' dependencies those that are loaded at run time; the others are for install scripts,
 * browsers or commands of theirs.
 */
export const NEEDED = new Map([
  ['tslab', ['semver']],
  [
    '@tensorflow/tfjs',
    ['core', 'layers', 'converter', 'data', 'backend-cpu', 'backend-webgl'].map(
      (part) => `@tensorflow/tfjs-${part}`,
    ),
  ],
  ['@tensorflow/tfjs-node-gpu', ['@tensorflow/tfjs', 'google-protobuf', 'progress']],
  ['onnxruntime-node', ['onnxruntime-common']],
  ['zeromq', ['cmake-ts']],
]);

/**
 * Asked for, and done without: for tfjs-node's addon the backend answers ahead of any search of Node.js's
 * (backend/tensorflow/addon.ts), the others are asked for within a `try`.
 */
export const OPTIONAL = new Set(['@mapbox/node-pre-gyp', 'source-map-support', 'supports-color']);

const ALWAYS = [
  /\.map$/,
  /\.(?:markdown|md|flow|tsbuildinfo|html|yml|yaml)$/i,
  /(?:^|\/)(?:\.[^/]+|tests?|__tests__|examples?|docs?|bench(?:marks?)?|coverage)\//,
  /(?:^|\/)\.[^/]+$/,
  /(?<!\.d)\.[cm]?ts$/,
  /^bench\.\w+$/,
  /(?:^|\/)(?:rollup|vite|vitest|jest|babel|webpack)\.config\.\w+$/,
  /(?:^|\/)(?:tsconfig[^/]*\.json|CMakeLists\.txt|binding\.gyp|Makefile|yarn\.lock|jsr\.json)$/,
];

/**
 * What is kept is found by `require`. What packages have of the same for `import` in browsers goes.
 * @type {readonly {name: RegExp, drop: readonly RegExp[], why: string}[]}
 */
const OF_PACKAGES = [
  {
    name: /^@tensorflow\/tfjs(?!-node)/,
    drop: [/(?<!\.node)\.js$/, /_test\.d\.ts$/, /^(?:src|wasm-out)\//],
    why: 'Node.js loads the bundle `*.node.js`; the others are for browsers and bundlers',
  },
  {
    name: /^@tensorflow\/tfjs-node-gpu$/,
    drop: [
      /^(?:binding|lib|scripts|src)\//,
      /\.(?:sh|bat)$/,
      /(?:_test|\/run_tests)\.(?:js|d\.ts)$/,
    ],
    why: 'the addon is Halfnote’s own',
  },
  {
    name: /^typescript$/,
    drop: [
      /^bin\//,
      /^lib\/_?(?:tsc|tsserver|typingsInstaller|watchGuard)\.js$/,
      /^lib\/[a-z]{2}(?:-[a-z]{2})?\//,
      /^lib\/(?:typescript|tsserverlibrary)\.d\.ts$/,
      /^lib\/tsserverlibrary\.js$/,
    ],
    why: 'the compiler is used as a library, in English',
  },
  {
    name: /^pdfkit$/,
    drop: [/^js\/.*(?:browser|standalone|old).*\.m?js$/, /\.mjs$/, /^tools\//],
    why: 'bundles for browsers',
  },
  { name: /^svg-to-pdfkit$/, drop: [/^notes\//], why: 'not code' },
  {
    name: /^dejavu-fonts-ttf$/,
    drop: [/\/(?!DejaVuSansCondensed\.ttf$)[^/]*$/, /\.txt$/],
    why: 'one font is used',
  },
  {
    name: /^(?:fontkit|restructure|unicode-.*|linebreak|@swc\/helpers)$/,
    drop: [/^(?:src|scripts|esm)\//, /^dist\/(?:browser.*|.*\.mjs)$/],
    why: 'sources, and bundles for browsers',
  },
  {
    name: /^zod$/,
    drop: [/^(?:src|v3)\//, /\.js$/, /\.d\.ts$/],
    why: 'CommonJS and its types (`.d.cts`) are used, of the whole library',
  },
  {
    name: /^protobufjs$/,
    drop: [/^(?:cli|bin|scripts)\//, /^dist\//],
    why: 'bundles for browsers',
  },
  {
    name: /^koffi$/,
    drop: [/^(?:vendor|lib|doc)\//, /\.(?:cc|hh|inc|h|S|asm)$/, /cnoke\.cjs$/],
    why: 'sources of its addon',
  },
  { name: /^@koromix\/koffi-/, drop: [/^musl_/], why: 'wheels are for glibc' },
  { name: /^zeromq$/, drop: [/^(?:src|script)\//, /vcpkg\.json$/], why: 'sources of its addon' },
  {
    name: /^cmake-ts$/,
    drop: [/^build\/(?!loader\.js$)/],
    why: 'it finds addons; the rest builds them',
  },
  { name: /^onnxruntime-node$/, drop: [/^script\//], why: 'install script' },
  { name: /^onnxruntime-common$/, drop: [/^dist\/esm\/.*\.js$/, /^lib\//], why: 'twice the same' },
  {
    name: /^brotli$/,
    drop: [/^(?:build|enc)\//, /^(?:compress|index)\.js$/],
    why: 'fonts are unpacked, never packed',
  },
  { name: /^@tgwf\/co2$/, drop: [/^dist\/(?:iife|esm)\//], why: 'bundles for browsers' },
  { name: /^pako$/, drop: [/^dist\//], why: 'bundles for browsers' },
  { name: /^@noble\//, drop: [/^esm\//], why: 'twice the same' },
  {
    name: /^(?:fflate|@dagrejs\/.*|csv-stringify|simple-git|jstat)$/,
    drop: [/(?:^|\/)(?:umd|iife|esm)\//, /\.min\.js$/],
    why: 'twice the same, and bundles for browsers',
  },
  {
    name: /^i18n-iso-countries$/,
    drop: [/^langs\/(?!en\.json$)/],
    why: 'names of countries in English',
  },
];

/**
 * Why a file is left out; undefined where it is kept.
 * @param {string} name  its package
 * @param {string} path  within the package, with `/`
 * @returns {string | undefined}
 */
export function leftOut(name, path) {
  if (isLicense(path)) return undefined;
  if (ALWAYS.some((pattern) => pattern.test(path))) return 'not needed to run';
  return OF_PACKAGES.find(
    (rule) => rule.name.test(name) && rule.drop.some((pattern) => pattern.test(path)),
  )?.why;
}

/** Whether a file of a package says under which terms it may be passed on. */
export function isLicense(path) {
  return /^(?:licen[cs]e|notice|copying|third.?party)[^/]*$/i.test(path);
}
