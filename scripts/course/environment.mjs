import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { SideEnvironment } from '../lib/side-environment.mjs';

/** Apart from `.venv`: nbgrader and jupytext bring extensions of JupyterLab along. */
export const course = new SideEnvironment({
  name: 'course',
  requirements: join(root, 'notebooks/course/requirements.txt'),
  programs: ['nbgrader', 'jupytext'],
});
