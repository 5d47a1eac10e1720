import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { flag, path, required, withShort } from '../language/parameters';
import { MagicProblem } from '../language/problem';

export const writefile = defineMagic({
  name: 'writefile',
  topic: 'notebook',
  forms: ['cell'],
  syntax: { isShell: true, hasTextBody: true },
  summary: 'Write the rest of the cell to a file. It is text: nothing in it is run.',
  details: [
    'The file is replaced as a whole or not at all, and folders that lack are made. It ends with a line end. A cell that imports it afterwards sees the new text.',
  ],
  positionals: { path: required(path('The file, seen from the notebook.')) },
  options: {
    append: withShort(flag('Add to the end of the file instead of replacing it.'), '-a'),
  },
  examples: [
    {
      code: '%%writefile greet.ts\nexport const greet = (name: string) => `Hello ${name}`;',
      does: 'Makes a module that cells can import from `./greet`.',
    },
    { code: '%%writefile -a log.txt\none more line', does: 'Adds a line.' },
  ],
  expand: ({ path: file, append }, _form, body) => {
    if (body === undefined) {
      throw new MagicProblem(
        '%%writefile has no text to write',
        'write it on the lines below',
        undefined,
        true,
      );
    }
    return {
      kind: 'statement',
      code: awaited('writeCellFile', file, body, { append: append || undefined }),
    };
  },
});
