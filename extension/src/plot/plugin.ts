import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { announceTheme } from './theme';

/** Redraws the charts when the reader changes the theme. */
export const themePlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:theme',
  description: 'Draws the charts in the colors of the theme.',
  autoStart: true,
  optional: [IThemeManager],
  activate: (_app, themes: IThemeManager | null) => {
    themes?.themeChanged.connect(announceTheme);
  },
};
