import type { MimeBundle } from '../host';
import type { Drawing } from './svg';
import type { Column, Row } from './table';

/** A table as data. */
export interface TableExhibit {
  /** Empty where it has none. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/**
 * Draws a picture; nothing where there is nothing to see.
 * @param width In units of which a text's letters are 10 to 12 high. Default: what fits a notebook.
 */
export type Draw = (width?: number) => Drawing | undefined;

/** What a view shows, as data: for files that a paper includes. */
export interface Exhibits {
  readonly tables: readonly TableExhibit[];
  readonly figures: readonly Draw[];
  /** How its figures came about: remarks below the view. */
  readonly notes: readonly string[];
  /** What it cites, each an entry of BibTeX. */
  readonly references: readonly string[];
}

export const NO_EXHIBITS: Exhibits = { tables: [], figures: [], notes: [], references: [] };

/** Those of several parts, in their order. */
export function joinExhibits(parts: readonly (Exhibits | undefined)[]): Exhibits {
  const there = parts.flatMap((part) => part ?? []);
  return {
    tables: there.flatMap(({ tables }) => tables),
    figures: there.flatMap(({ figures }) => figures),
    notes: there.flatMap(({ notes }) => notes),
    references: there.flatMap(({ references }) => references),
  };
}

const EXHIBITS: unique symbol = Symbol('exhibits');

/** The bundle, which knows what it shows; that is no part of what is sent. */
export function withExhibits(bundle: MimeBundle, exhibits: Exhibits = NO_EXHIBITS): MimeBundle {
  return Object.defineProperty({ ...bundle }, EXHIBITS, { value: exhibits });
}

/** What a bundle shows, as data; undefined where it wasn't made of our parts. */
export function exhibitsOf(bundle: MimeBundle): Exhibits | undefined {
  return (bundle as { readonly [EXHIBITS]?: Exhibits })[EXHIBITS];
}
