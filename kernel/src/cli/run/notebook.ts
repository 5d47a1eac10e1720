import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { HalfnoteError } from '../../errors';
import { replaceFile } from '../../files/replace-file';
import { isObject, type Json } from './json';

/** A cell of nbformat 4; fields that we don't know are kept. */
export interface Cell {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly metadata: Json;
  /** Code cells only. */
  outputs?: readonly Json[];
  execution_count?: number | null;
  readonly attachments?: unknown;
}

export interface Notebook {
  readonly nbformat: 4;
  readonly nbformat_minor: number;
  readonly metadata: Json;
  readonly cells: readonly Cell[];
}

/** Reads a notebook and brings it to nbformat 4.5. Throws `invalid-notebook` that says what is wrong. */
export function readNotebook(path: string): Notebook {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw bad(path, cause instanceof Error ? cause.message : String(cause));
  }
  return parseNotebook(path, text);
}

/** The same from a notebook's text, which errors call `path`. */
export function parseNotebook(path: string, text: string): Notebook {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw bad(path, cause instanceof Error ? cause.message : String(cause));
  }
  if (!isObject(content)) throw bad(path, 'it holds no JSON object');
  const { nbformat, nbformat_minor: minor, metadata, cells } = content;
  if (nbformat !== 4) {
    throw bad(
      path,
      `its nbformat is ${JSON.stringify(nbformat)}, expected 4`,
      'Open it in JupyterLab and save it.',
    );
  }
  if (!Array.isArray(cells)) throw bad(path, 'it has no list of cells');
  return {
    ...content,
    nbformat: 4,
    nbformat_minor: Math.max(5, typeof minor === 'number' ? minor : 0),
    metadata: isObject(metadata) ? metadata : {},
    cells: cells.map((cell, i) => readCell(path, cell, i)),
  };
}

/** Writes a notebook as a whole or not at all, with folders that lack. Throws `not-writable`. */
export function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const hint = 'Name another file with --output.';
  return replaceFile(path, `${JSON.stringify(notebook, null, 1)}\n`, { hint });
}

export function sourceOf({ source }: Cell): string {
  return typeof source === 'string' ? source : source.join('');
}

export function hasTag({ metadata }: Cell, tag: string): boolean {
  const { tags } = metadata;
  return Array.isArray(tags) && tags.includes(tag);
}

/** A new code cell. */
export function codeCell(source: string, tags: readonly string[]): Cell {
  return {
    id: newId(),
    cell_type: 'code',
    source: splitLines(source),
    metadata: { tags },
    outputs: [],
    execution_count: null,
  };
}

/** Text as notebooks hold it, a line each, so that differences are readable. */
export function splitLines(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== '');
}

function readCell(path: string, cell: unknown, index: number): Cell {
  const at = `cell ${index + 1}`;
  if (!isObject(cell)) throw bad(path, `${at} is no object`);
  const { id, cell_type: type, source, metadata } = cell;
  if (typeof type !== 'string') throw bad(path, `${at} has no cell_type`);
  const isText =
    typeof source === 'string' ||
    (Array.isArray(source) && source.every((line) => typeof line === 'string'));
  if (!isText) throw bad(path, `the source of ${at} is no text`);
  return {
    ...cell,
    id: typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : newId(),
    cell_type: type,
    source,
    metadata: isObject(metadata) ? metadata : {},
  };
}

function newId(): string {
  return randomUUID().slice(0, 8);
}

function bad(path: string, reason: string, hint?: string): HalfnoteError {
  return new HalfnoteError('invalid-notebook', `Can't run ${path}: ${reason}`, hint);
}
