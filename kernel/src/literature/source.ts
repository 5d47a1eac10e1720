/** How far others checked a source before it came out. `documentation`: of a product, by its maker. */
export type Review = 'peer-reviewed' | 'preprint' | 'documentation' | 'unreviewed';

/** Family name first, as BibTeX has it; `and others` stands for those left out. */
export type Author = `${string}, ${string}` | 'others';

/** Where something is published. */
export interface Source {
  /** Persons, or the organization that signs for it. */
  readonly authors: readonly Author[] | string;
  /** What tables call it, with its year where it has one: `Huang 2020`. */
  readonly short: string;
  readonly title: string;
  /** Missing where a page has no date. */
  readonly year?: number;
  /** A journal or the proceedings; missing of preprints and pages. */
  readonly venue?: string;
  readonly kind: 'article' | 'inproceedings' | 'misc';
  /** Volume and pages of a journal: `11:57627–57634`. */
  readonly pages?: string;
  readonly arxiv?: string;
  readonly doi?: string;
  readonly url: string;
  readonly review: Review;
}
