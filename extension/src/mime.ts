import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { PayloadRenderer, type ViewModule } from './renderer';

/** Below 50, the rank of the HTML fallback in the same bundle. */
const RANK = 10;

/**
 * A payload of another version is left to the HTML beside it, which is always there: what another
 * Halfnote has shown stays as it was.
 */
function extension<Payload>(
  view: string,
  load: () => Promise<ViewModule<Payload>>,
  version = 1,
): IRenderMime.IExtension {
  const mimeType = `application/vnd.halfnote.${view}.v${version}+json`;
  return {
    id: `halfnote-lab:${view}`,
    description: `Renders ${mimeType}.`,
    rendererFactory: {
      safe: true,
      mimeTypes: [mimeType],
      createRenderer: () => new PayloadRenderer(mimeType, load),
    },
    rank: RANK,
    dataType: 'json',
  };
}

const extensions: IRenderMime.IExtension[] = [
  extension('precision-table', () => import('./precision-table/view')),
  extension('gradient-ranges', () => import('./gradient-ranges/view')),
  extension('carbon', () => import('./carbon/view'), 2),
];

export { extensions as default };
