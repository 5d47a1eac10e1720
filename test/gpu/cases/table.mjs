import { commandCases } from './command.mjs';
import { energyCases } from './energy.mjs';
import { formatCases } from './formats.mjs';
import { inferenceCases } from './inference.mjs';
import { memoryCases } from './memory.mjs';
import { trainingCases } from './training.mjs';
import { trapCases } from './traps.mjs';
import { wholeCases, wholeDryCases } from './whole.mjs';

const ALIKE = {
  formats: formatCases,
  traps: trapCases,
  training: trainingCases,
  memory: memoryCases,
  inference: inferenceCases,
  energy: energyCases,
};

/** The checks by part: on a GPU, and in the dry run on a CPU. */
const PARTS = {
  gpu: { ...ALIKE, whole: wholeCases },
  cpu: { ...ALIKE, whole: { ...wholeDryCases, ...commandCases } },
};

export const PART_NAMES = Object.keys(PARTS.gpu);

/**
 * The checks of these parts, or of all.
 * @param {readonly string[]} parts
 * @param {'gpu' | 'cpu'} device
 */
export function casesOf(parts, device) {
  const names = parts.length === 0 ? PART_NAMES : parts;
  return Object.assign({}, ...names.map((name) => PARTS[device][name]));
}
