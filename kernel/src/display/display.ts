import { inspect as inspectByNode } from 'node:util';
import { JUPYTER_DISPLAY, host } from '../host';
import type { Displayable, MimeBundle } from '../host';
import { encodeNumbers } from './numbers';

export interface DisplayHandle {
  readonly id: string;
  /** Shows `value` in the place of what stands there. */
  update(value: unknown): void;
}

export interface DisplayOptions {
  /** Outputs shown with the same id are replaced by {@link DisplayHandle.update}. Default: a new one. */
  readonly id?: string;
}

let shown = 0;

/**
 * Shows a value: an object with `Symbol.for('Jupyter.display')` as it says, a MIME bundle as it is,
 * else as text. In a plain script the text goes to the console, and so does each update.
 */
export function display(value: unknown, options: DisplayOptions = {}): DisplayHandle {
  const id = options.id ?? `halfnote-${Date.now().toString(36)}-${(++shown).toString(36)}`;
  show(value, id, false);
  return {
    id,
    update: (next) => {
      show(next, id, true);
    },
  };
}

/**
 * Removes what the running cell has shown so far; with `wait`, only when something new is shown, so
 * that a figure that changes doesn't flicker. Does nothing in a plain script.
 */
export function clearOutput(wait = false): void {
  host()?.clearOutput(wait);
}

function show(value: unknown, displayId: string, update: boolean): void {
  const data = toBundle(value);
  const notebook = host();
  if (notebook === undefined) console.log(data['text/plain'] ?? Object.keys(data).join(', '));
  else notebook.display({ data, displayId, update });
}

/** What a notebook shows of any value. */
export function toBundle(value: unknown): MimeBundle {
  if (isDisplayable(value)) return value[JUPYTER_DISPLAY]();
  if (isBundle(value)) return value;
  return { 'text/plain': typeof value === 'string' ? value : inspect(value) };
}

function isDisplayable(value: unknown): value is Displayable {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    JUPYTER_DISPLAY in value &&
    typeof value[JUPYTER_DISPLAY] === 'function'
  );
}

const MIME_TYPE = /^[a-z]+\/[\w.+-]+$/;

function isBundle(value: unknown): value is MimeBundle {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => MIME_TYPE.test(key));
}

const { custom } = inspectByNode;

function inspect(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (custom in value) return inspectByNode(value);
  try {
    return JSON.stringify(encodeNumbers(value), undefined, 2);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
