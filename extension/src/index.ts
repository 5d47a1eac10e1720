import { journalPlugin } from './journal/plugin';
import { themePlugin } from './plot/plugin';
import { policyPlugin } from './status/plugin';

const plugins = [themePlugin, policyPlugin, journalPlugin];

export { plugins as default };
