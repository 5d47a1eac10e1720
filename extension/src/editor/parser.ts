import { languageDataProp, type Language } from '@codemirror/language';
import { NodeProp, NodeType, Parser, parseMixed, Tree } from '@lezer/common';
import type { Input, NestedParse, ParseWrapper, PartialParse, SyntaxNodeRef } from '@lezer/common';
import { styleTags, Tag, tags } from '@lezer/highlight';
import type { Vocabulary } from 'halfnote/mime/magics';
import { paint, type PartKind, type Range } from './paint';

/** How themes colour the parts of a magic: each as what it is like in code. */
export const TAGS: Readonly<Record<PartKind, Tag>> = {
  name: Tag.define(tags.keyword),
  option: Tag.define(tags.attributeName),
  value: tags.standard(Tag.define(tags.variableName)),
  variable: tags.definition(Tag.define(tags.variableName)),
  number: Tag.define(tags.number),
  string: Tag.define(tags.string),
  operator: Tag.define(tags.punctuation),
  comment: Tag.define(tags.comment),
};

/** The languages that stand in a cell. */
export interface Inner {
  readonly typescript: Parser;
  /** That of a file; undefined where none is known. */
  readonly forFile: (name: string) => Parser | undefined;
}

type Props = [NodeProp<string>, string][];

/** A piece of a cell that has no parts of ours. */
interface Leaf {
  readonly from: number;
  readonly tree: Tree;
}

const CODE = new NodeProp<readonly Range[]>({ perNode: true });
const FILE = new NodeProp<string>({ perNode: true });

const TYPES = Object.fromEntries(
  Object.entries(TAGS).map(([kind, tag], index) => {
    const name = `Magic${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    return [kind, NodeType.define({ id: index + 3, name, props: [styleTags({ [name]: tag })] })];
  }),
) as Readonly<Record<PartKind, NodeType>>;
const EXPRESSION = NodeType.define({ id: 1, name: 'MagicExpression' });
const BODY = NodeType.define({ id: 2, name: 'MagicBody' });

/** Parses cells: TypeScript, but for the magics in it. */
export class CellParser extends Parser {
  readonly #vocabulary: Vocabulary;
  readonly #top: NodeType;
  readonly #wrap: ParseWrapper;

  /** `data`: what the editor knows of the language, as how a comment begins. */
  constructor(vocabulary: Vocabulary, inner: Inner, data: Language['data']) {
    super();
    this.#vocabulary = vocabulary;
    this.#top = NodeType.define({
      id: 0,
      name: 'Cell',
      top: true,
      props: [[languageDataProp, data]],
    });
    this.#wrap = parseMixed((node) => nested(node, inner));
  }

  override createParse(...[input, fragments, ranges]: Parameters<Parser['createParse']>) {
    const parse = new CellParse(input, (code) => this.#tree(code));
    return this.#wrap(parse, input, fragments, ranges);
  }

  #tree(code: string): Tree {
    const { parts, expressions, typescript, body } = paint(code, this.#vocabulary);
    const leaf = (type: NodeType, { from, to }: Range, props?: Props): Leaf => ({
      from,
      tree: new Tree(type, [], [], to - from, props),
    });
    const leaves = [
      ...parts.map((part) => leaf(TYPES[part.kind], part)),
      ...expressions.map((range) => leaf(EXPRESSION, range)),
      ...(body === undefined ? [] : [leaf(BODY, body, [[FILE, body.file ?? '']])]),
    ].toSorted((a, b) => a.from - b.from);
    return new Tree(
      this.#top,
      leaves.map(({ tree }) => tree),
      leaves.map(({ from }) => from),
      code.length,
      [[CODE, typescript]],
    );
  }
}

function nested(
  { type, tree, from }: SyntaxNodeRef,
  { typescript, forFile }: Inner,
): NestedParse | null {
  if (type === EXPRESSION) return { parser: typescript };
  const ranges = tree?.prop(CODE);
  if (ranges !== undefined && ranges.length > 0) {
    return {
      parser: typescript,
      overlay: ranges.map((range) => ({ from: from + range.from, to: from + range.to })),
    };
  }
  const file = tree?.prop(FILE);
  const parser = file === undefined ? undefined : forFile(file);
  return parser === undefined ? null : { parser };
}

/** Cells are read as a whole: what a magic is depends on all that stands before it. */
class CellParse implements PartialParse {
  readonly #input: Input;
  readonly #read: (code: string) => Tree;
  stoppedAt: number | null = null;
  parsedPos = 0;

  constructor(input: Input, read: (code: string) => Tree) {
    this.#input = input;
    this.#read = read;
  }

  advance(): Tree {
    const { length } = this.#input;
    const end = this.stoppedAt ?? length;
    const tree = this.#read(this.#input.read(0, length));
    this.parsedPos = end;
    return tree;
  }

  stopAt(position: number): void {
    this.stoppedAt = position;
  }
}
