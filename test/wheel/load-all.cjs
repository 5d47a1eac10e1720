/** Loads every compiled file of the installed kernel that does nothing when it is loaded: what they need is there. */
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const [, , dist] = process.argv;
const PROGRAMS =
  /^cli\/main|snapshot\/(?:main|load-module)|(?:process|language)\/main|process\/guard|worker|child/;
const files = readdirSync(dist, { recursive: true }).filter(
  (file) => file.endsWith('.js') && !PROGRAMS.test(file),
);
for (const file of files) require(join(dist, file));
console.log(files.length);
process.exit(0);
