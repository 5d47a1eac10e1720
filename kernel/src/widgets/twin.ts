import { inspect } from 'node:util';
import { notes, stacked, staticBundle, table } from '../display/fallback';
import type { MimeBundle } from '../host';

/** What of a widget can be told without its front end. */
interface Told {
  readonly description?: unknown;
  readonly label?: unknown;
  readonly value?: unknown;
  readonly children?: unknown;
}

const NOTE =
  'Widgets as they stood when the cell ran. They move where their kernel runs and the front end has ' +
  'ipywidgets’ manager: pip install jupyterlab_widgets';

const COLUMNS = [
  { header: 'widget' },
  { header: 'words', align: 'left' },
  { header: 'value' },
] as const;

/** The longest text of a widget that stands for it while a page loads. */
const LONGEST = 110;

/** What shows a widget where nothing moves: untrusted, printed, on GitHub, without a widget manager. */
export function twin(widget: object): MimeBundle {
  const text = inspect(widget, { depth: 0, breakLength: Infinity }).replace(/\s*\n\s*/g, ' ');
  const { 'text/html': html } = staticBundle(
    stacked(table(COLUMNS, rowsOf(widget)), notes([NOTE])),
  );
  return {
    'text/html': html,
    'text/plain': text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
  };
}

function rowsOf(widget: object): string[][] {
  const { description, label, value, children } = widget as Told;
  if (Array.isArray(children)) return children.flatMap((child) => rowsOf(child as object));
  const words = typeof description === 'string' ? description : '';
  return [[widget.constructor.name, words, typeof label === 'string' ? label : shown(value)]];
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === 'string' ? value : inspect(value, { depth: 0 });
}
