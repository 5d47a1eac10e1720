import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

const NAME = 'halfnote-quickstart';

/** Copies the quickstart that the extension brings along into a folder, and opens it there. */
export async function openQuickstart(app: JupyterFrontEnd, folder: string): Promise<void> {
  const { contents } = app.serviceManager;
  const content = await quickstart();
  const made = await contents.newUntitled({ path: folder, type: 'notebook', ext: '.ipynb' });
  const { path } = await contents.rename(made.path, await freeName(contents, folder));
  await contents.save(path, { type: 'notebook', format: 'json', content });
  await app.commands.execute('docmanager:open', { path, factory: 'Notebook' });
}

async function quickstart(): Promise<unknown> {
  const url = URLExt.join(
    PageConfig.getOption('fullLabextensionsUrl'),
    'halfnote-lab',
    'quickstart.ipynb',
  );
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The quickstart could not be read: ${response.status} ${url}`);
  return response.json();
}

/** A name that no file of the folder has. */
async function freeName(contents: Contents.IManager, folder: string): Promise<string> {
  const { content } = (await contents.get(folder, { content: true })) as {
    readonly content: readonly { readonly name: string }[];
  };
  const taken = new Set(content.map(({ name }) => name));
  for (let copy = 1; ; copy++) {
    const name = copy === 1 ? `${NAME}.ipynb` : `${NAME}-${copy}.ipynb`;
    if (!taken.has(name)) return folder === '' ? name : `${folder}/${name}`;
  }
}
