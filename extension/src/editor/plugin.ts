import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';

/** Shows magics as what they are in the cells of notebooks whose kernel is Halfnote's. */
export const editorPlugin: JupyterFrontEndPlugin<void> = {
  id: 'halfnote-lab:editor',
  description: 'Highlights magics in TypeScript cells.',
  autoStart: true,
  requires: [IEditorLanguageRegistry],
  activate: (_app, languages: IEditorLanguageRegistry) => {
    languages.addLanguage({
      // As the kernel's `language_info.codemirror_mode` has it.
      name: 'halfnote',
      displayName: 'TypeScript with magics',
      mime: 'text/x-halfnote',
      load: async () => {
        const [typescript, { cellLanguage }] = await Promise.all([
          languages.getLanguage('TypeScript'),
          import('./language'),
        ]);
        if (typescript?.support === undefined) {
          throw new Error('JupyterLab has no TypeScript to show magics in.');
        }
        return cellLanguage(typescript.support, languages);
      },
    });
  },
};
