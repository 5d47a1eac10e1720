/**
 * What the runtime needs of the global scope, taken before a cell can overwrite it: `Promise = null`
 * must not keep the next cell from running. Import `node:process` for the same reason.
 */
export const OwnPromise = Promise;
export const OwnJSON = JSON;
export const ownSetImmediate = setImmediate;
