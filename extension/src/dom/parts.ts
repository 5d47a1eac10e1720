import type { Method } from 'halfnote/mime';
import { element, type Child } from './element';

/** The head of a view: what it is, and on what it was found. */
export function heading(title: string, facts: readonly string[]): HTMLElement {
  return element('div', { class: 'hn-heading' }, [
    element('div', { class: 'hn-title' }, [title]),
    element('div', { class: 'hn-facts' }, [facts.join(' · ')]),
  ]);
}

type Tone = 'native' | 'simulated' | Method;

/** How a figure came about, in words and in color. */
export function badge(tone: Tone, title?: string): HTMLElement {
  return element('span', { class: `hn-badge hn-${tone.replace(' ', '-')}`, title }, [tone]);
}

/** Notes below a view, or nothing. */
export function notes(lines: readonly string[]): HTMLElement {
  return element(
    'ul',
    { class: 'hn-notes' },
    lines.map((line) => element('li', {}, [line])),
  );
}

/** A part that opens on a click. */
export function details(summary: string, children: readonly Child[]): HTMLDetailsElement {
  return element('details', { class: 'hn-details' }, [
    element('summary', {}, [summary]),
    ...children,
  ]);
}

/** Big figures with what they are: `12.3 J` over `energy`. */
export function totals(entries: readonly (readonly [figure: string, name: string])[]): HTMLElement {
  return element(
    'dl',
    { class: 'hn-totals' },
    entries.map(([figure, name]) =>
      element('div', {}, [element('dt', {}, [name]), element('dd', {}, [figure])]),
    ),
  );
}
