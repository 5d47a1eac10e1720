import { formatCases } from './formats.mjs';
import { inferenceCases } from './inference.mjs';
import { memoryCases } from './memory.mjs';
import { trapCases } from './traps.mjs';
import { trainingCases } from './training.mjs';

/** Every check by its part. */
export const PARTS = {
  formats: formatCases,
  training: trainingCases,
  memory: memoryCases,
  inference: inferenceCases,
  traps: trapCases,
};

/** The cases of these parts, or of all; what only a GPU can show is left out elsewhere. */
export function casesOf(parts) {
  const names = parts.length === 0 ? Object.keys(PARTS) : parts;
  return Object.assign({}, ...names.map((name) => PARTS[name]));
}
