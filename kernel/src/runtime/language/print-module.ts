import type ts from 'typescript';
import type { MappingPrinter, TypeScript } from './typescript';

/** JavaScript, and its source map back to the file that it was printed from. */
export interface PrintedModule {
  readonly js: string;
  readonly map: string;
}

/**
 * Prints what `transform` makes of a JavaScript file that has no static imports, as
 * `typescript.transpileModule` prints it as CommonJS: without imports that transform and `"use strict"`
 * are all there is to do, and the program and the type checker that it makes for it are most of its time.
 * @param file With the parents of its nodes set.
 */
export function printModule(
  typescript: TypeScript,
  file: ts.SourceFile,
  transform: ts.TransformerFactory<ts.SourceFile>,
): PrintedModule {
  const { transformed } = typescript.transform(file, [transform]);
  const [made = file] = transformed;
  const { LineFeed } = typescript.NewLineKind;
  const printer = typescript.createPrinter({ newLine: LineFeed }) as unknown as MappingPrinter;
  const writer = typescript.createTextWriter('\n');
  const map = typescript.createSourceMapGenerator(MAP_HOST, file.fileName, '', '', {});
  printer.writeFile(made, writer, map);
  const { mappings, ...rest } = map.toJSON();
  return {
    js: STRICT + writer.getText(),
    map: JSON.stringify({ ...rest, mappings: ';'.repeat(STRICT_LINES) + mappings }),
  };
}

const STRICT = '"use strict";\n\n';
const STRICT_LINES = 2;

const MAP_HOST = {
  getCanonicalFileName: (name: string): string => name,
  getCurrentDirectory: (): string => '',
};
