/** What a token leaves behind: an ended operand, a wait for an operand, or room for a new statement. */
export type After = 'operand' | 'operator' | 'statement';

export interface Token {
  readonly kind:
    'name' | 'keyword' | 'number' | 'string' | 'template' | 'regex' | 'punctuator' | 'comment';
  readonly text: string;
  /** Offsets in UTF-16 code units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** How many brackets enclose the token; a bracket counts as outside of itself. */
  readonly depth: number;
  readonly after: After;
}

interface Bracket {
  readonly open: string;
  readonly before: Token | undefined;
  /** True for `{` of a block or body, false for `{` of an object literal. */
  readonly block: boolean;
  readonly start: number;
}

const SPACE = /[^\S\n]/;
const NAME = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER =
  /0[xXbBoO][\da-fA-F_]+n?|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y;
const STRING = /'(?:[^'\\\n]|\\(?:\r\n|[^]))*'?|"(?:[^"\\\n]|\\(?:\r\n|[^]))*"?/y;
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*(`|\$\{|\\?$)/y;
const REGEX = /\/(?:[^/\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/[\p{ID_Continue}$]*/uy;
const PUNCTUATOR =
  />>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|\?\.(?!\d)|=>|==|!=|<=|>=|&&|\|\||\?\?|\+\+|--|[-+*/%&|^]=|\*\*|[^]/uy;

const VALUE_KEYWORDS = new Set(['this', 'super', 'null', 'true', 'false']);
const KEYWORDS = new Set([
  ...VALUE_KEYWORDS,
  ...'break case catch class const continue debugger default delete do else enum export extends'.split(
    ' ',
  ),
  ...'finally for function if import in instanceof new return switch throw try typeof var void'.split(
    ' ',
  ),
  ...'while with await yield'.split(' '),
]);
const CONTROL = new Set(['if', 'while', 'for', 'with']);
/** Keywords before the `{` of a block; `void` ends a function's return type. */
const BLOCK_KEYWORDS = new Set(['else', 'do', 'try', 'finally', 'void']);
const CLOSES: Readonly<Record<string, readonly string[]>> = {
  ')': ['('],
  ']': ['['],
  '}': ['{', '${'],
};

/**
 * Splits TypeScript into tokens, as far as is needed to tell code from strings, templates, regular
 * expressions and comments. It never throws: what is not closed ends with the line or the text.
 */
export class Scanner {
  /** The last token that is not a comment. */
  previous: Token | undefined;
  private readonly brackets: Bracket[] = [];
  /** Where the last `do` block ended, and where the `while` of such a block begins. */
  private doBlockEnd = -1;
  private doLoop = -1;

  constructor(
    readonly code: string,
    public position = 0,
  ) {}

  get depth(): number {
    return this.brackets.length;
  }

  /** True directly inside of a block or body. */
  get inBlock(): boolean {
    return this.brackets.at(-1)?.block === true;
  }

  /** The innermost bracket that is still open, with its place. */
  get open(): { readonly text: string; readonly start: number } | undefined {
    const bracket = this.brackets.at(-1);
    return bracket && { text: bracket.open, start: bracket.start };
  }

  /** Goes on at `position` as at the begin of a statement. */
  restart(position: number): void {
    this.position = position;
    this.previous = undefined;
    this.brackets.length = 0;
  }

  /** Skips blanks, and line ends too unless `withinLine`. */
  skipSpace(withinLine = false): void {
    while (this.position < this.code.length) {
      const char = this.code.charAt(this.position);
      if (!SPACE.test(char) && (char !== '\n' || withinLine)) return;
      this.position++;
    }
  }

  /** True when nothing but blanks stands before the position on its line. */
  get atLineStart(): boolean {
    let i = this.position - 1;
    while (i >= 0 && SPACE.test(this.code.charAt(i))) i--;
    return i < 0 || this.code[i] === '\n';
  }

  /** The next token, or undefined at the end. */
  next(): Token | undefined {
    this.skipSpace();
    if (this.position >= this.code.length) return undefined;
    const token = this.read();
    this.position = token.end;
    if (token.kind !== 'comment') this.previous = token;
    return token;
  }

  private read(): Token {
    const char = this.code.charAt(this.position);
    const comment = this.match(COMMENT);
    if (comment !== undefined) return this.comment(comment);
    const name = this.match(NAME);
    if (name !== undefined) return this.nameToken(name);
    const number = this.match(NUMBER);
    if (number !== undefined) return this.token('number', number, 'operand');
    const string = this.match(STRING);
    if (string !== undefined) return this.token('string', string, 'operand');
    if (char === '`') return this.template(this.depth);
    if (char === '/' && (this.previous?.after ?? 'statement') !== 'operand') {
      const regex = this.match(REGEX);
      if (regex !== undefined) return this.token('regex', regex, 'operand');
    }
    if (char === '(' || char === '[' || char === '{') return this.opening(char);
    if (char === ')' || char === ']' || char === '}') return this.closing(char);
    return this.operator(this.match(PUNCTUATOR) ?? char);
  }

  private comment(text: string): Token {
    const token = this.token('comment', text, 'operand');
    const isOpen = text.startsWith('/*') && (text.length < 4 || !text.endsWith('*/'));
    if (isOpen) this.push('/*', token.start, false);
    return token;
  }

  private nameToken(name: string): Token {
    const isMember = this.previous?.text === '.' || this.previous?.text === '?.';
    if (isMember || !KEYWORDS.has(name)) return this.token('name', name, 'operand');
    if (name === 'while' && this.previous?.end === this.doBlockEnd) this.doLoop = this.position;
    return this.token('keyword', name, VALUE_KEYWORDS.has(name) ? 'operand' : 'operator');
  }

  /** From a backtick, or from the `}` that ends a substitution, to the next `${` or the end. */
  private template(depth: number): Token {
    const start = this.position;
    TEMPLATE.lastIndex = start + 1;
    const [rest = '', terminator] = TEMPLATE.exec(this.code) ?? [];
    const end = start + 1 + rest.length;
    const after = terminator === '${' ? 'operator' : 'operand';
    if (terminator === '${') this.push('${', end - 2, false);
    else if (terminator !== '`') this.push('`', start, false);
    return { kind: 'template', text: this.code.slice(start, end), start, end, depth, after };
  }

  private opening(open: string): Token {
    const block = open === '{' && this.opensBlock();
    const token = this.token('punctuator', open, block ? 'statement' : 'operator');
    this.push(open, token.start, block);
    return token;
  }

  private opensBlock(): boolean {
    const { previous } = this;
    if (previous === undefined || previous.after === 'statement') return true;
    if (previous.after === 'operand' || previous.text === ')') return true;
    if (previous.kind === 'keyword') return BLOCK_KEYWORDS.has(previous.text);
    if (previous.text === '=>' || previous.text === '>') return true;
    return previous.text === ':' && (this.brackets.at(-1)?.block ?? true);
  }

  private closing(close: string): Token {
    const at = this.brackets.findLastIndex(({ open }) => CLOSES[close]?.includes(open) ?? false);
    if (at < 0) return this.token('punctuator', close, 'operand');
    const bracket = this.brackets[at];
    this.brackets.length = at;
    if (bracket?.open === '${') return this.template(at);
    const token = this.token('punctuator', close, this.afterClosing(close, bracket));
    if (close === '}' && bracket?.before?.text === 'do') this.doBlockEnd = token.end;
    return token;
  }

  private afterClosing(close: string, bracket: Bracket | undefined): After {
    if (close === '}') return bracket?.block === true ? 'statement' : 'operand';
    const before = bracket?.before;
    if (close === ')' && before?.kind === 'keyword' && CONTROL.has(before.text)) {
      return before.start === this.doLoop ? 'statement' : 'operator';
    }
    return 'operand';
  }

  private push(open: string, start: number, block: boolean): void {
    this.brackets.push({ open, before: this.previous, block, start });
  }

  private operator(text: string): Token {
    if (text === ';') return this.token('punctuator', text, 'statement');
    const isPostfix = this.previous?.after === 'operand' && !this.crossesLine();
    if (text === '++' || text === '--') return this.token('punctuator', text, 'operand');
    return this.token('punctuator', text, text === '!' && isPostfix ? 'operand' : 'operator');
  }

  private crossesLine(): boolean {
    return this.code.slice(this.previous?.end ?? 0, this.position).includes('\n');
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.code)?.[0];
    return found === undefined || found === '' ? undefined : found;
  }

  private token(kind: Token['kind'], text: string, after: After): Token {
    const { position, depth } = this;
    return { kind, text, start: position, end: position + text.length, depth, after };
  }
}
