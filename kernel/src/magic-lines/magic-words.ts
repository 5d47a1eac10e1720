/** What an editor has to know of a parameter to show its words as what they are. */
export interface ParameterWords {
  readonly is: 'flag' | 'expression' | 'statement' | 'variable' | 'value' | 'text';
  /** Takes all the rest of the line. */
  readonly isRest?: true;
  /** Takes as many words as are given. */
  readonly isMany?: true;
}

/** What an editor has to know of a magic. */
export interface MagicWords {
  /** Its arguments are words as in a shell. */
  readonly isShell?: true;
  /** What follows the line of a cell magic is text. */
  readonly hasTextBody?: true;
  readonly positionals: readonly ParameterWords[];
  /** Those that take a value by their written names, and short forms of all. */
  readonly options: Readonly<Record<string, ParameterWords>>;
}

/** Those of all magics, by name. */
export type Vocabulary = Readonly<Record<string, MagicWords>>;
