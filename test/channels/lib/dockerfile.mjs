import { DockerfileParser } from 'dockerfile-ast';

/**
 * @typedef {object} Step
 * @property {string} keyword `RUN`, `COPY`, ...
 * @property {string} text all after it, continued lines in one and comments left out
 * @property {readonly string[]} words
 * @property {ReadonlyMap<string, string>} flags `--from=build` as `from`: `build`
 *
 * @typedef {object} Stage
 * @property {string | undefined} name
 * @property {string} image
 * @property {readonly Step[]} steps
 */

/** @param {string} text @returns {readonly Stage[]} */
export function stagesOf(text) {
  const stages = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const step = stepOf(instruction);
    if (step.keyword === 'FROM') {
      const [image, , name] = step.words;
      stages.push({ name, image, steps: [] });
    } else stages.at(-1)?.steps.push(step);
  }
  return stages;
}

function stepOf(instruction) {
  const flags = new Map(
    (instruction.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue()]),
  );
  const words = instruction
    .getExpandedArguments()
    .map((argument) => argument.getValue())
    .filter((word) => !/^--\w+=/.test(word) || instruction.getKeyword() !== 'COPY');
  // The parser takes the first flags of a shell command for those of RUN.
  const text = (instruction.getRawArgumentsContent() ?? '')
    .replaceAll(/^\s*#.*$/gm, '')
    .replaceAll(/\\\n/g, ' ');
  return { keyword: instruction.getKeyword(), text, words, flags };
}

/** The last step of a kind, as the one that holds. */
export const lastOf = (stage, keyword) => stage.steps.findLast((step) => step.keyword === keyword);

/** The words of a step in exec form: `["jupyter", "lab"]`. Throws for a step in shell form. */
export function execForm({ keyword, text }) {
  const start = text.indexOf('[');
  if (start < 0) throw new Error(`${keyword} is in shell form, so that signals don't reach it`);
  return JSON.parse(text.slice(start));
}
