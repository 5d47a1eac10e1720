import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { OurKernels } from '../kernel/our-kernels';

/** What the parts of the shell share. */
export interface ShellContext {
  readonly app: JupyterFrontEnd;
  readonly notebooks: INotebookTracker;
  readonly kernels: OurKernels;
  readonly trans: TranslationBundle;
}
