import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import type { ITranslator } from '@jupyterlab/translation';
import { COMPUTE_FORMATS } from 'halfnote/mime/formats';
import { COMMAND } from './command-ids';
import type { ShellContext } from './context';
import { halfnoteIcon } from './icon';

const NO_ARGUMENTS = { type: 'object', properties: {} } as const;

/** Adds the commands, and those of them that need no more arguments to the palette. */
export function addCommands(context: ShellContext, palette: ICommandPalette | null): void {
  const { app, notebooks, kernels, trans } = context;
  const category = trans.__('Halfnote');
  const isOurs = (): boolean => kernels.has(notebooks.currentWidget);
  const inCell = async (source: string, runs: boolean): Promise<void> => {
    const panel = notebooks.currentWidget;
    if (!kernels.has(panel)) return;
    const { insertCell } = await import('./insert-cell');
    await insertCell(panel, source, runs);
  };
  const add = (command: string, label: string, source: string, runs: boolean): void => {
    app.commands.addCommand(command, {
      label,
      describedBy: { args: NO_ARGUMENTS },
      isEnabled: isOurs,
      execute: () => inCell(source, runs),
    });
    palette?.addItem({ command, category });
  };

  app.commands.addCommand(COMMAND.setPrecision, {
    label: ({ precision }) =>
      typeof precision === 'string'
        ? trans.__('Set Precision to %1', precision)
        : trans.__('Set Precision'),
    describedBy: {
      args: {
        type: 'object',
        required: ['precision'],
        properties: {
          precision: {
            type: 'string',
            enum: [...COMPUTE_FORMATS],
            description: trans.__('What the cells that follow compute in.'),
          },
        },
      },
    },
    isEnabled: isOurs,
    execute: ({ precision }) => {
      if (!COMPUTE_FORMATS.some((format) => format === precision)) {
        throw new TypeError(
          `${COMMAND.setPrecision}: precision is ${JSON.stringify(precision)}. Allowed: ${COMPUTE_FORMATS.join(', ')}.`,
        );
      }
      return inCell(`%precision ${precision as string}`, true);
    },
  });
  for (const precision of COMPUTE_FORMATS)
    palette?.addItem({ command: COMMAND.setPrecision, category, args: { precision } });

  add(COMMAND.reportEnergy, trans.__('Report Energy and CO2e'), '%carbon report', true);
  add(COMMAND.doctor, trans.__('Check This Machine'), '%doctor', true);
  add(COMMAND.listVariables, trans.__('List Variables in a Cell'), '%whos', true);
  app.commands.addCommand(COMMAND.insertExample, {
    label: trans.__('Insert an Example of Mixed Precision'),
    describedBy: { args: NO_ARGUMENTS },
    isEnabled: isOurs,
    execute: async () => inCell((await import('./example')).EXAMPLE, false),
  });
  palette?.addItem({ command: COMMAND.insertExample, category });
}

/** Adds what shows a panel, or hides it where it is shown. */
export function addPanelCommand(
  { app, trans }: ShellContext,
  palette: ICommandPalette | null,
  { command, label, id }: { command: string; label: string; id: string },
): void {
  app.commands.addCommand(command, {
    label,
    describedBy: { args: NO_ARGUMENTS },
    execute: () => {
      app.shell.activateById(id);
    },
  });
  palette?.addItem({ command, category: trans.__('Halfnote') });
}

/** The quickstart as a new notebook: in the palette, and a card in the launcher where our kernel is installed. */
export function addQuickstart(
  { app, trans }: ShellContext,
  palette: ICommandPalette | null,
  launcher: ILauncher | null,
  translator: ITranslator,
): void {
  const command = COMMAND.openQuickstart;
  const { kernelspecs } = app.serviceManager;
  const isThere = (): boolean => kernelspecs.specs?.kernelspecs['halfnote'] !== undefined;
  app.commands.addCommand(command, {
    label: ({ isLauncher }) =>
      isLauncher === true ? trans.__('Halfnote Quickstart') : trans.__('Open the Quickstart'),
    caption: trans.__('A copy of the quickstart, to run and to change'),
    icon: halfnoteIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          cwd: {
            type: 'string',
            description: trans.__('The folder of the copy; by default the topmost one.'),
          },
        },
      },
    },
    isEnabled: isThere,
    execute: async ({ cwd }) => {
      const { openQuickstart } = await import('./quickstart');
      await openQuickstart(app, typeof cwd === 'string' ? cwd : '');
    },
  });
  palette?.addItem({ command, category: trans.__('Halfnote') });
  if (launcher === null) return;
  // JupyterLab's own word, so that the card stands among those of the kernels.
  const category = translator.load('jupyterlab').__('Notebook');
  let card: { dispose(): void } | undefined;
  const offer = (): void => {
    if (isThere())
      card ??= launcher.add({ command, category, rank: 100, args: { isLauncher: true } });
    else {
      card?.dispose();
      card = undefined;
    }
  };
  kernelspecs.specsChanged.connect(offer);
  void kernelspecs.ready.then(offer);
}
