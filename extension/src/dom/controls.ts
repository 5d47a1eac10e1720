import { element } from './element';

/** The reader's controls, side by side. */
export function controls(children: readonly Node[]): HTMLElement {
  return element('div', { class: 'hn-controls' }, children);
}
