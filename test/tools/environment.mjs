import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { SideEnvironment } from '../../scripts/lib/side-environment.mjs';

/** The notebook tools of others; some bring extensions of JupyterLab along. */
export const tools = new SideEnvironment({
  name: 'tools',
  requirements: join(root, 'test/tools/requirements.txt'),
  withLab: true,
  programs: ['papermill', 'jupytext', 'nbdiff', 'dask'],
});
