import { editorPlugin } from './editor/plugin';
import { journalPlugin } from './journal/plugin';
import { linkedPlugin } from './linked/plugin';
import { nextStepPlugin } from './next-step/plugin';
import { paperPlugin } from './paper/plugin';
import { themePlugin } from './plot/plugin';
import { shellPlugin } from './shell/plugin';
import { policyPlugin } from './status/plugin';
import { tablesPlugin } from './tables/plugin';

const plugins = [
  themePlugin,
  policyPlugin,
  journalPlugin,
  tablesPlugin,
  nextStepPlugin,
  editorPlugin,
  linkedPlugin,
  shellPlugin,
  paperPlugin,
];

export { plugins as default };
