import { ILayoutRestorer, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { setEnergyIntervalS } from '../feeds/interval';
import { OurKernels } from '../kernel/our-kernels';
import { COMMAND } from './command-ids';
import { addCommands, addPanelCommand, addQuickstart } from './commands';
import type { ShellContext } from './context';
import { EnergyItem } from './energy-item';
import { halfnoteIcon, variablesIcon } from './icon';
import { LazyPanel } from './lazy-panel';
import { readSettings } from './settings';

const ID = 'halfnote-lab:shell';

function nothing(): Widget {
  const widget = new Widget();
  widget.hide();
  return widget;
}

/** Palette, launcher, settings, panels and status: what stands around notebooks, and is loaded when it is used. */
export const shellPlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Commands, panels and status of Halfnote around notebooks.',
  autoStart: true,
  requires: [INotebookTracker, IToolbarWidgetRegistry],
  optional: [
    ICommandPalette,
    ILauncher,
    IStatusBar,
    ISettingRegistry,
    ITranslator,
    ILayoutRestorer,
  ],
  activate: (
    app,
    notebooks: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    statusBar: IStatusBar | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
  ) => {
    const given = translator ?? nullTranslator;
    const trans = given.load('halfnote');
    const context: ShellContext = { app, notebooks, kernels: new OurKernels(notebooks), trans };
    addCommands(context, palette);
    addQuickstart(context, palette, launcher, given);

    const panels = [
      {
        ...{ id: 'halfnote-energy', icon: halfnoteIcon, command: COMMAND.showEnergy },
        name: trans.__('Precision and Energy'),
        label: trans.__('Show Precision and Energy by Cell'),
        load: async () => (await import('../energy-panel/panel')).energyPanel(context),
      },
      {
        ...{ id: 'halfnote-variables', icon: variablesIcon, command: COMMAND.showVariables },
        name: trans.__('Variables'),
        label: trans.__('Show Variables'),
        load: async () => (await import('../variables-panel/panel')).variablesPanel(context),
      },
    ];
    for (const { command, label, ...options } of panels) {
      const panel = new LazyPanel(options);
      app.shell.add(panel, 'right', { rank: 700 });
      restorer?.add(panel, panel.id);
      addPanelCommand(context, palette, { command, label, id: panel.id });
    }

    const items = new Set<EnergyItem>();
    let isShown = true;
    const item = (panelOf: () => NotebookPanel | null): EnergyItem => {
      const made = new EnergyItem(context, panelOf);
      items.add(made);
      made.disposed.connect(() => items.delete(made));
      made.setShown(isShown);
      return made;
    };
    if (statusBar !== null) {
      statusBar.registerStatusItem('halfnote-lab:energy', {
        item: item(() => notebooks.currentWidget),
        align: 'right',
        rank: 120,
      });
    }
    // Notebook 7 has no status bar. In JupyterLab the place stays empty.
    toolbars.addFactory<NotebookPanel>('Notebook', 'halfnoteEnergy', (panel) =>
      statusBar === null ? item(() => panel) : nothing(),
    );
    void readSettings(settings, ID, ({ toolbarPrecision, energyStatus, refreshS }) => {
      document.body.classList.toggle('hn-no-toolbar-precision', !toolbarPrecision);
      isShown = energyStatus;
      for (const one of items) one.setShown(isShown);
      setEnergyIntervalS(refreshS);
    });
  },
};
