const { dirname, join } = require('node:path');
const { name, exports: entries } = require('halfnote/package.json');

const kernel = dirname(require.resolve('halfnote/package.json'));

/** `halfnote/mime` and its parts, each from its source. */
const sources = Object.entries(entries)
  .filter(([path]) => path.startsWith('./mime'))
  .map(([path, { default: compiled }]) => [
    // The sign at the end: this module, and not what lies below it.
    `${name}${path.slice(1)}$`,
    join(kernel, compiled.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts')),
  ]);

/**
 * What the kernel compiles to is CommonJS, of which a bundle holds all or nothing; of its sources it
 * holds what is used: of zod the twentieth part.
 */
module.exports = {
  resolve: { alias: Object.fromEntries(sources), extensions: ['.ts', '...'] },
  module: {
    rules: [
      // Before the builder's own loaders, which put styles into scripts as they stand.
      {
        test: /\.css$/,
        loader: 'builtin:lightningcss-loader',
        options: { minify: true },
      },
      { test: /\.ttf$/, type: 'asset/resource' },
      {
        test: /svg-to-pdfkit\/source\.js$/,
        loader: require.resolve('./scripts/keep-pattern.cjs'),
      },
      {
        test: /\.ts$/,
        loader: 'builtin:swc-loader',
        options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
        type: 'javascript/esm',
        resolve: { fullySpecified: false },
      },
    ],
  },
};
