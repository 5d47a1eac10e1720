import type { NotebookPanel } from '@jupyterlab/notebook';
import { element } from '../dom/element';
import type { ShellContext } from './context';
import type { PanelBody } from './lazy-panel';

/** What a panel shows of one notebook, until it is ended. */
export interface NotebookPart {
  readonly node: HTMLElement;
  end(): void;
}

/**
 * A panel about the current notebook, as long as it is seen: `partOf` makes what it shows of one with a
 * kernel of ours.
 */
export function aboutNotebook(
  { notebooks, kernels, trans }: ShellContext,
  partOf: (panel: NotebookPanel) => NotebookPart,
): PanelBody {
  const node = element('div', { class: 'hn-panel-body' });
  let shown: { readonly panel: NotebookPanel; readonly part: NotebookPart } | undefined;
  let isSeen = false;
  const update = (): void => {
    const { currentWidget } = notebooks;
    const panel = isSeen && kernels.has(currentWidget) ? currentWidget : undefined;
    if (panel !== undefined && panel === shown?.panel) return;
    shown?.part.end();
    shown = panel && { panel, part: partOf(panel) };
    node.replaceChildren(
      shown?.part.node ??
        element('p', { class: 'hn-hint' }, [
          currentWidget === null
            ? trans.__('No notebook is open.')
            : trans.__('The kernel of this notebook is not Halfnote’s, or is still starting.'),
        ]),
    );
  };
  kernels.onChanged(update);
  return {
    node,
    show: () => {
      isSeen = true;
      update();
    },
    hide: () => {
      isSeen = false;
      update();
    },
  };
}
