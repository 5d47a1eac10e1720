import { themePlugin } from './plot/plugin';
import { policyPlugin } from './status/plugin';

const plugins = [themePlugin, policyPlugin];

export { plugins as default };
