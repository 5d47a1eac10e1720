import { HalfnoteError } from '../errors';

/** What turns text into tokens and back: {@link CharacterVocabulary}, or a tokenizer of one's own. */
export interface Vocabulary {
  encode(text: string): ArrayLike<number>;
  decode(tokens: Iterable<number>): string;
}

/** The characters of a text as tokens: a character's token is its place in the sorted alphabet. */
export class CharacterVocabulary implements Vocabulary {
  readonly characters: readonly string[];
  private readonly tokens: ReadonlyMap<string, number>;

  /** @throws HalfnoteError `empty` where the text has no characters. */
  constructor(text: string) {
    this.characters = [...new Set(text)].sort();
    this.tokens = new Map(this.characters.map((character, token) => [character, token]));
    if (this.size > 0) return;
    throw new HalfnoteError('empty', 'The text has no characters to make a vocabulary of.');
  }

  get size(): number {
    return this.characters.length;
  }

  /** @throws HalfnoteError `unknown-character`. */
  encode(text: string): Int32Array {
    return Int32Array.from(text, (character) => {
      const token = this.tokens.get(character);
      if (token !== undefined) return token;
      throw new HalfnoteError(
        'unknown-character',
        `${JSON.stringify(character)} is not among the ${this.size} characters of the vocabulary: ${JSON.stringify(this.characters.join(''))}.`,
      );
    });
  }

  /** @throws HalfnoteError `invalid-token`. */
  decode(tokens: Iterable<number>): string {
    return Array.from(tokens, (token) => {
      const character = this.characters[token];
      if (character !== undefined) return character;
      throw new HalfnoteError(
        'invalid-token',
        `${token} is no token; allowed are integers from 0 to ${this.size - 1}.`,
      );
    }).join('');
  }
}

/**
 * A text's tokens; tokens are handed on.
 * @throws HalfnoteError `invalid-prompt` for text without a vocabulary, `unknown-character`.
 */
export function tokensOf(
  text: string | ArrayLike<number>,
  vocabulary: Vocabulary | undefined,
): ArrayLike<number> {
  if (typeof text !== 'string') return text;
  if (vocabulary !== undefined) return vocabulary.encode(text);
  throw new HalfnoteError(
    'invalid-prompt',
    'Text needs a vocabulary.',
    'Give { vocabulary: new CharacterVocabulary(text) } of the text that the model learned from.',
  );
}
