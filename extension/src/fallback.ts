import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { element } from './dom/element';

/**
 * What the same bundle says in HTML or, without any, in text: for what the extension has no view of.
 * The HTML may be anybody's, so that it goes through JupyterLab's sanitizer.
 */
export function fallback(
  { data }: IRenderMime.IMimeModel,
  { sanitizer }: Pick<IRenderMime.IRendererOptions, 'sanitizer'>,
): HTMLElement {
  const html = joined(data['text/html']);
  if (html === '') return element('pre', {}, [joined(data['text/plain'])]);
  const node = element('div', { class: 'jp-RenderedHTMLCommon' });
  node.innerHTML = sanitizer.sanitize(html);
  return node;
}

/** Whether it says something in HTML. */
export function hasHtml({ data }: IRenderMime.IMimeModel): boolean {
  return joined(data['text/html']) !== '';
}

/** Files hold a text whole or by lines. */
function joined(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join('');
  return typeof value === 'string' ? value : '';
}
