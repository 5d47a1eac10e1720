// As in tfjs.cjs.
const typescript = require('typescript');
module.exports = typescript;
