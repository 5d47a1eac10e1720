import ts from 'typescript';

/** What TypeScript says where a name, an export or a module isn't there. */
const NOTHING_OF_THAT_NAME = new Set([2304, 2305, 2307, 2459, 2552, 2614, 2724]);

/**
 * The places where JavaScript modules use a name, an export or a module that nothing has. Of their types,
 * which nobody has written down, nothing is asked.
 * @param {readonly string[]} files paths of modules
 * @returns {readonly string[]} `path:line: message`
 */
export function missingNames(files) {
  const program = ts.createProgram(files, {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    maxNodeModuleJsDepth: 0,
    types: ['node'],
    lib: ['lib.esnext.d.ts', 'lib.dom.d.ts'],
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const asked = new Set(files.map((file) => file.replaceAll('\\', '/')));
  return program
    .getSourceFiles()
    .filter(({ fileName }) => asked.has(fileName))
    .flatMap((file) => program.getSemanticDiagnostics(file))
    .filter(({ code, file, start }) => NOTHING_OF_THAT_NAME.has(code) && !isElsewhere(file, start))
    .map(({ file, start, messageText }) => {
      const { line } = file.getLineAndCharacterOfPosition(start);
      return `${file.fileName}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

/** A package, which may be installed later, or what `require` finds at places that only running tells. */
function isElsewhere(file, start) {
  const before = file.text.slice(Math.max(0, start - 40), start);
  return /\brequire\(\s*$/.test(before) || /^['"][^./]/.test(file.text.slice(start, start + 2));
}
