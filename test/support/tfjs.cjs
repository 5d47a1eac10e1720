// An import from an ES module has Node look for the names in megabytes of CommonJS, in every process anew.
// Here it finds none, and Vitest takes them from the module itself.
const tfjs = require('@tensorflow/tfjs');
module.exports = tfjs;
