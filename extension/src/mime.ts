import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { NewerRenderer } from './newer';
import { PayloadRenderer, type ViewModule } from './renderer';

/** Below 50, the rank of the HTML fallback in the same bundle. */
const RANK = 10;
/** Versions after ours that are known as such. */
const NEWER = 20;

/**
 * A payload of an older version is left to the HTML beside it, which is always there: what another
 * Halfnote has shown stays as it was. One of a newer version is shown by that HTML too, under a line
 * that says so.
 */
function extension<Payload>(
  view: string,
  load: () => Promise<ViewModule<Payload>>,
  version = 1,
): IRenderMime.IExtension {
  const named = (of: number): string => `application/vnd.halfnote.${view}.v${of}+json`;
  const mimeType = named(version);
  const newer = Array.from({ length: NEWER }, (_, index) => named(version + 1 + index));
  return {
    id: `halfnote-lab:${view}`,
    description: `Renders ${mimeType}.`,
    rendererFactory: {
      safe: true,
      mimeTypes: [mimeType, ...newer],
      createRenderer: (options) =>
        options.mimeType === mimeType
          ? new PayloadRenderer(options, load)
          : new NewerRenderer(options),
    },
    rank: RANK,
    dataType: 'json',
  };
}

const extensions: IRenderMime.IExtension[] = [
  extension('precision-table', () => import('./precision-table/view')),
  extension('training-run', () => import('./training-run/view')),
  extension('gradient-ranges', () => import('./gradient-ranges/view')),
  extension('inspection', () => import('./inspector/view')),
  extension('sensitivity', () => import('./sensitivity/view')),
  extension('model-graph', () => import('./model-graph/view')),
  extension('weight-histograms', () => import('./weight-histograms/view')),
  extension('kv-cache', () => import('./kv-cache/view')),
  extension('gradient-comparison', () => import('./gradient-comparison/view')),
  extension('carbon', () => import('./carbon/view'), 2),
];

export { extensions as default };
