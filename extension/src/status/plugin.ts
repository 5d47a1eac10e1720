import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { PolicySwitch } from './policy-switch';

/** Puts the precision policy into the toolbar of each notebook; schema/policy.json says where. */
export const policyPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:policy',
  description: "Shows and sets the precision policy in the notebook's toolbar.",
  autoStart: true,
  requires: [INotebookTracker, IToolbarWidgetRegistry],
  activate: (_app, _notebooks: INotebookTracker, toolbars: IToolbarWidgetRegistry) => {
    toolbars.addFactory<NotebookPanel>(
      'Notebook',
      'halfnotePolicy',
      (panel) => new PolicySwitch(panel),
    );
  },
};
