import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, flag, required, withShort, words } from '../language/parameters';
import { MagicProblem } from '../language/problem';

export const npm = defineMagic({
  name: 'npm',
  topic: 'system',
  forms: ['line'],
  syntax: { isShell: true, hasTextBody: false },
  summary: "Install npm packages into the notebook's folder; cells can import them at once.",
  details: [
    'The packages go into `node_modules` of the folder in which the notebook lies, and into its `package.json`. As with npm, install scripts of packages run unless you say `--ignore-scripts`.',
    'TensorFlow.js and halfnote always come from the kernel, whatever is installed.',
  ],
  positionals: {
    command: required(choice('What to do.', ['install', 'uninstall'])),
    packages: words('Packages as npm takes them: `name`, `name@version`, a folder.', 'names'),
  },
  options: {
    saveDev: withShort(flag('List them among the development dependencies.'), '-D'),
    ignoreScripts: flag('Run no install scripts.'),
  },
  examples: [
    { code: '%npm install lodash @types/lodash', does: 'Two packages, for cells to import.' },
    { code: '%npm install', does: 'What the `package.json` beside the notebook lists.' },
  ],
  expand: ({ command, packages, saveDev, ignoreScripts }) => {
    const option = packages.find((name) => name.startsWith('-'));
    if (option !== undefined) {
      throw new MagicProblem(
        `unknown parameter ${option}`,
        'Its parameters: --save-dev, --ignore-scripts. Run npm in a terminal for others',
      );
    }
    if (command === 'uninstall' && packages.length === 0) {
      throw new MagicProblem('missing packages', 'name what to uninstall');
    }
    const options = {
      saveDev: saveDev || undefined,
      ignoreScripts: ignoreScripts || undefined,
    };
    return { kind: 'statement', code: awaited('npm', command, packages, options) };
  },
});
