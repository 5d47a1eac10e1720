/** Every way that a model is put through, by name. */
import { fileChecks } from './files.mjs';
import { policyChecks } from './policies.mjs';
import { quantizationChecks } from './quantization.mjs';
import { trainingChecks } from './training.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {number} share of the models that it is tried on, chosen by their seeds
 * @property {(spec: object) => boolean} [applies]
 * @property {(context: object) => Promise<string | undefined>} run what is wrong, as a sentence
 */

/** @type {readonly Check[]} */
export const CHECKS = [...policyChecks, ...quantizationChecks, ...trainingChecks, ...fileChecks];
