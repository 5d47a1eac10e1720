import type { MimeBundle } from '../host';
import { encodeNumbers } from './numbers';
import { escapeHtml, plain } from './text';

export interface Fallback {
  readonly html: string;
  readonly text: string;
}

/** A bundle: our payload for the extension, and what every other front end and a terminal show. */
export function bundle(mime: string, payload: unknown, fallback: Fallback): MimeBundle {
  return {
    [mime]: encodeNumbers(payload),
    'text/html': `<div class="halfnote" style="max-width:100%">${fallback.html}</div>`,
    'text/plain': fallback.text,
  };
}

/** Remarks under a table. */
export function htmlNotes(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const items = notes.map((note) => `<li style="margin:2px 0">${escapeHtml(note)}</li>`).join('');
  return `<ul style="margin:8px 0;padding-left:20px;font-size:90%">${items}</ul>`;
}

/** The same for a terminal. */
export function textNotes(notes: readonly string[]): string[] {
  return notes.map((note) => `* ${plain(note)}`);
}
