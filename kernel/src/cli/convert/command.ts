import type { Command } from 'commander';
import type { ConvertFlags } from './convert';

/** Adds `halfnote convert`. `print` takes what it says on stdout. */
export function addConvert(program: Command, print: (text: string) => void): void {
  program
    .command('convert')
    .description('make a script of a notebook, which runs by itself')
    .argument('<notebook>', 'the notebook; - reads it from stdin')
    .requiredOption('--to <language>', 'ts or js')
    .option('-o, --output <path>', 'write there; - prints it (the default beside the notebook)')
    .addHelpText('after', HELP)
    .action(async (path: string, flags: ConvertFlags) => {
      const { convertNotebook } = await import('./convert.js');
      const { path: written, text, notes } = await convertNotebook(path, flags);
      for (const note of notes) console.error(note);
      print(written === undefined ? text.trimEnd() : `Wrote ${written}`);
    });
}

const HELP = `
Magics become calls of the library, imports go to the top, and a name that a later cell declares anew gets
a number: x_2. The last expression of a cell is printed. Without --output, train.ipynb becomes train.mts or
train.mjs: an ES module. Node.js runs .mts as it is from 22.18 on; older ones run it by tsx, or the .mjs.

  halfnote convert train.ipynb --to js
  node train.mjs`;
