import { escapeHtml } from './text';

/**
 * `html` in a box of its own that scrolls where there is too little room, by the keyboard too.
 * `label` says to a screen reader what is in it: its beginning, where details come after a colon, for the
 * table's own caption is read next.
 */
export function scrollBox(html: string, label: string): string {
  return `<div style="overflow-x:auto" tabindex="0" role="group" aria-label="${escapeHtml(label.split(': ', 1)[0] ?? label)}">${html}</div>`;
}
