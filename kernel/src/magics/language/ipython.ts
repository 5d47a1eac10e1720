/** What stands in for a magic of IPython's that has no namesake here. */
const INSTEAD: Readonly<Record<string, string>> = {
  bash: shell(),
  cd: "write process.chdir('folder')",
  conda: '%npm install NAME adds a package of npm; a notebook here runs no Python',
  html: "import { html } from 'halfnote' and end the cell with html(`...`)",
  javascript: 'cells are TypeScript, which JavaScript is part of',
  js: 'cells are TypeScript, which JavaScript is part of',
  latex: "import { latex } from 'halfnote' and end the cell with latex(String.raw`...`)",
  ls: "write fs.readdirSync('.'), with import * as fs from 'node:fs'",
  markdown: "import { markdown } from 'halfnote' and end the cell with markdown(`...`)",
  matplotlib:
    "no plotting library needs it: end a cell with plotly({ data: [...] }) from 'halfnote'",
  pip: '%npm install NAME adds a package of npm; a notebook here runs no Python',
  pwd: 'write process.cwd()',
  pylab: "no plotting library needs it: end a cell with plotly({ data: [...] }) from 'halfnote'",
  python: 'cells are TypeScript',
  run: "write await import('./file.ts')",
  sh: shell(),
  sx: shell(),
  system: shell(),
  svg: "import { svg } from 'halfnote' and end the cell with svg(`...`)",
  autoreload: 'a local module that was edited is loaded anew by the next cell that imports it',
  load_ext: 'all magics are loaded: %lsmagic lists them',
};

/** How a command of the system's shell is run from a cell. */
export function shell(command = 'ls'): string {
  const quoted = command.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `write execSync('${quoted}', { stdio: 'inherit' }), with import { execSync } from 'node:child_process'`;
}

/** What to do instead of a magic that IPython has and Halfnote hasn't; undefined for all others. */
export function insteadOf(name: string): string | undefined {
  return Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
}
