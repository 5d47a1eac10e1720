import { SCOPE_NAME } from '../language/runtime-names';

/** How V8 quotes a call of a variable of an earlier cell, or of what is imported. */
const CALLED = new RegExp(`\\(0 ?, ((?:${SCOPE_NAME}|__halfnote_import_\\d+)\\.[\\w$]+)\\)`, 'g');
const EARLIER = new RegExp(`\\b${SCOPE_NAME}\\.`, 'g');
const IMPORTED = /\b__halfnote_import_\d+\.([\w$]+)/g;
const DEFAULT_IMPORT = /\bimport\s+([\w$]+)\s*(?:,[^;'"]*)?\bfrom\b/g;

/**
 * An error's message with names as the user wrote them: `loss is not a function`.
 * @param source The cell that the error comes from, which says what a default import is called.
 */
export function plainMessage(message: string, source = ''): string {
  const [theOnly, ...others] = [...source.matchAll(DEFAULT_IMPORT)].map(([, name]) => name);
  return message
    .replace(CALLED, '$1')
    .replace(EARLIER, '')
    .replace(IMPORTED, (_, name: string) =>
      name === 'default' && theOnly !== undefined && others.length === 0 ? theOnly : name,
    );
}
