import type ts from 'typescript';
import type { TypeScript } from './typescript';

/** A node with the comments before it, which the parser adds where it is told to read them. */
type CommentedNode = ts.Node & { jsDoc?: readonly { parent: ts.Node }[] };
type ParsedFile = ts.SourceFile & { jsDocParsingMode?: ts.JSDocParsingMode };

/**
 * Reads the comments that tell about `symbol`. Libraries are parsed without theirs, since only
 * inspection shows them: the files that declare the symbol, what it stands for, its call signatures
 * and what it inherits from are parsed again, and TypeScript then finds the comments where it looks
 * for them.
 */
export function readCommentsOf(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  usage: ts.Node,
): void {
  const seen = new Set<ts.Declaration>();
  const read = (declarations: readonly ts.Declaration[] | undefined): void => {
    for (const declaration of declarations ?? []) {
      if (seen.has(declaration)) continue;
      seen.add(declaration);
      readComments(typescript, declaration.getSourceFile());
      for (const inherited of inheritedMembers(typescript, checker, declaration))
        read(inherited.declarations);
    }
  };
  read(symbol.declarations);
  if (symbol.flags & typescript.SymbolFlags.Alias)
    read(checker.getAliasedSymbol(symbol).declarations);
  const type = checker.getTypeOfSymbolAtLocation(symbol, usage);
  for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
    // A signature that TypeScript makes up (a class without a constructor) has none.
    const declaration = signature.declaration as ts.Declaration | undefined;
    if (declaration) read([declaration]);
  }
}

/** What a member of a class or interface has in the types that these extend or implement. */
function inheritedMembers(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  declaration: ts.Declaration,
): ts.Symbol[] {
  if (typescript.isSourceFile(declaration)) return [];
  const owner = typescript.isConstructorDeclaration(declaration.parent)
    ? declaration.parent.parent
    : declaration.parent;
  if (!typescript.isClassLike(owner) && !typescript.isInterfaceDeclaration(owner)) return [];
  const name = checker.getSymbolAtLocation(
    typescript.getNameOfDeclaration(declaration) ?? declaration,
  )?.name;
  if (name === undefined) return [];
  const isStatic =
    (typescript.getCombinedModifierFlags(declaration) & typescript.ModifierFlags.Static) !== 0;
  return (owner.heritageClauses ?? [])
    .flatMap((clause) => [...clause.types])
    .flatMap((base) => {
      const instance = checker.getTypeAtLocation(base);
      const constructed = instance.symbol as ts.Symbol | undefined;
      const type = isStatic && constructed ? checker.getTypeOfSymbol(constructed) : instance;
      return checker.getPropertyOfType(type, name) ?? [];
    });
}

/** Gives the nodes of a file that was parsed without comments those that stand before them. */
export function readComments(typescript: TypeScript, file: ts.SourceFile): void {
  const bare: ParsedFile = file;
  const { ParseNone, ParseAll } = typescript.JSDocParsingMode;
  if (bare.jsDocParsingMode !== ParseNone) return;
  bare.jsDocParsingMode = ParseAll;
  const commented = typescript.createSourceFile(
    file.fileName,
    // The text that was parsed before: the file may have changed since.
    file.text,
    { languageVersion: file.languageVersion, jsDocParsingMode: ParseAll },
    /* setParentNodes */ true,
  );
  moveComments(typescript, commented, file);
}

/** Walks two trees of the same text side by side. */
function moveComments(typescript: TypeScript, from: CommentedNode, to: CommentedNode): void {
  if (from.kind !== to.kind || from.pos !== to.pos) return;
  if (from.jsDoc) {
    for (const comment of from.jsDoc) comment.parent = to;
    to.jsDoc = from.jsDoc;
  }
  const targets = childrenOf(typescript, to);
  childrenOf(typescript, from).forEach((child, index) => {
    const target = targets[index];
    if (target) moveComments(typescript, child, target);
  });
}

function childrenOf(typescript: TypeScript, node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  typescript.forEachChild(node, (child) => void children.push(child));
  return children;
}
