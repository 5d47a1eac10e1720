import { element } from './element';

/**
 * A bar beside a figure that says the same.
 * @param share Of the whole width. @param limit Where a line stands across it.
 */
export function bar(share: number, limit?: number): HTMLElement {
  const at = (part: number): string => `${(100 * Math.min(1, Math.max(0, part))).toFixed(1)}%`;
  const box = element('span', { class: 'hn-bar', 'aria-hidden': 'true' }, [
    element('span', { style: `width:${at(share)}` }),
  ]);
  if (limit !== undefined)
    box.append(element('span', { class: 'hn-bar-limit', style: `left:${at(limit)}` }));
  return box;
}
