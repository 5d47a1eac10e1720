import { journalPlugin } from './journal/plugin';
import { themePlugin } from './plot/plugin';
import { policyPlugin } from './status/plugin';
import { tablesPlugin } from './tables/plugin';

const plugins = [themePlugin, policyPlugin, journalPlugin, tablesPlugin];

export { plugins as default };
