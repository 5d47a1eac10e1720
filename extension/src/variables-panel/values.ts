import { bytes, decodeNumber, significant, type WireNumber } from 'halfnote/mime';
import type { VariableRow, VariableValues } from 'halfnote/mime/front-end';
import type { TranslationBundle } from '@jupyterlab/translation';
import { element, type Child } from '../dom/element';
import { totals } from '../dom/parts';

/** Numbers of one line. */
const A_LINE = 8;

/** What is in a variable, below the list. */
export function valuesNode(
  row: VariableRow,
  values: VariableValues | undefined,
  trans: TranslationBundle,
): HTMLElement {
  const { name, type, format } = row;
  return element('section', { 'aria-label': trans.__('Values of %1', name) }, [
    element('div', { class: 'hn-title' }, [
      [`${name}: ${type}`, shapeOf(row), format].filter((part) => part !== '').join(' '),
    ]),
    ...(values === undefined
      ? [element('p', { class: 'hn-hint' }, [trans.__('Reading…')])]
      : content(row, values, trans)),
  ]);
}

function shapeOf({ shape }: VariableRow): string {
  return shape === null ? '' : `[${shape.join(', ')}]`;
}

function content(
  row: VariableRow,
  values: VariableValues,
  trans: TranslationBundle,
): readonly HTMLElement[] {
  switch (values.kind) {
    case 'none':
      return [element('p', { class: 'hn-hint' }, [reason(values.why, trans)])];
    case 'text':
      return [
        scrolled(trans.__('Text'), values.text),
        ...left(values.text.length, values.size, trans),
      ];
    case 'numbers':
      return numbers(row, values, trans);
    case 'layers':
      return [
        table(
          trans.__('Layers'),
          [
            trans.__('Layer'),
            trans.__('Type'),
            trans.__('Parameters'),
            trans.__('Format'),
            trans.__('Size'),
          ],
          values.layers.map((layer) => [
            ...[layer.name, layer.type, layer.parameters.toLocaleString('en')],
            ...[layer.format, bytes(layer.bytes)],
          ]),
          [2, 4],
        ),
        ...left(values.layers.length, values.size, trans),
      ];
    case 'entries':
      return [
        table(
          trans.__('Entries'),
          [trans.__('Key'), trans.__('Type'), trans.__('Value')],
          values.entries.map(({ key, type, text }) => [key, type, text]),
        ),
        ...left(values.entries.length, values.size, trans),
      ];
  }
}

function reason(
  why: Extract<VariableValues, { kind: 'none' }>['why'],
  trans: TranslationBundle,
): string {
  switch (why) {
    case 'busy':
      return trans.__('Busy: the values come when the cell has ended.');
    case 'gone':
      return trans.__('There is no such variable any more.');
    case 'disposed':
      return trans.__('Disposed: its values are freed.');
    case 'too-large':
      return trans.__('More than 4 million values are not read here.');
    case 'unreadable':
      return trans.__('Its values can’t be read.');
    case 'nothing':
      return trans.__('There is nothing in it to show.');
  }
}

function numbers(
  { shape }: VariableRow,
  {
    first,
    size,
    min,
    max,
    mean,
    nanCount,
    infiniteCount,
  }: Extract<VariableValues, { kind: 'numbers' }>,
  trans: TranslationBundle,
): readonly HTMLElement[] {
  const figure = (value: WireNumber | null): string =>
    value === null ? '–' : significant(decodeNumber(value), 4);
  return [
    totals([
      [figure(min), trans.__('least')],
      [figure(mean), trans.__('mean')],
      [figure(max), trans.__('greatest')],
      [nanCount.toLocaleString('en'), 'NaN'],
      [infiniteCount.toLocaleString('en'), trans.__('infinite')],
    ]),
    scrolled(trans.__('First values'), linesOf(first, shape)),
    ...left(first.length, size, trans),
  ];
}

/** In rows of the last axis, where those are short. */
function linesOf(first: readonly WireNumber[], shape: readonly number[] | null): string {
  const last = shape?.at(-1) ?? 0;
  const perLine = shape !== null && shape.length > 1 && last > 0 && last <= 16 ? last : A_LINE;
  const texts = first.map((value) => significant(decodeNumber(value), 4));
  const width = Math.max(...texts.map(({ length }) => length), 0);
  const lines: string[] = [];
  for (let at = 0; at < texts.length; at += perLine)
    lines.push(
      texts
        .slice(at, at + perLine)
        .map((text) => text.padStart(width))
        .join('  '),
    );
  return lines.join('\n');
}

/** Text that scrolls, for which a keyboard must reach it. */
function scrolled(label: string, text: string): HTMLElement {
  return element('pre', { tabindex: 0, role: 'region', 'aria-label': label }, [text]);
}

function left(shown: number, all: number, trans: TranslationBundle): readonly HTMLElement[] {
  if (shown >= all) return [];
  const text = trans.__(
    'The first %1 of %2.',
    shown.toLocaleString('en'),
    all.toLocaleString('en'),
  );
  return [element('p', { class: 'hn-hint' }, [text])];
}

function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly number[] = [],
): HTMLElement {
  const of = (index: number): { class?: string } =>
    numeric.includes(index) ? { class: 'hn-number' } : {};
  const cell = (text: Child, index: number): HTMLElement =>
    index === 0 ? element('th', { scope: 'row' }, [text]) : element('td', of(index), [text]);
  return element(
    'div',
    { class: 'hn-scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    [
      element('table', { class: 'hn-table' }, [
        element('caption', {}, [caption]),
        element('thead', {}, [
          element(
            'tr',
            {},
            heads.map((text, index) => element('th', { scope: 'col', ...of(index) }, [text])),
          ),
        ]),
        element(
          'tbody',
          {},
          rows.map((texts) => element('tr', {}, texts.map(cell))),
        ),
      ]),
    ],
  );
}
