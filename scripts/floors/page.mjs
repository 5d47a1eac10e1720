import { bundled, contract, floors, grounds, sideways, walls } from './floors.mjs';

const BEGIN = '<!-- Made from scripts/floors/floors.mjs by `node scripts/docs.mjs`. -->';
const END = '<!-- End of what is made. -->';

/** CONTRIBUTING.md with its section about floors as the data has it. */
export function withFloors(contributing) {
  const [begin, end] = [contributing.indexOf(BEGIN), contributing.indexOf(END)];
  if (begin === -1 || end < begin) {
    throw new Error(`CONTRIBUTING.md has no section between ${BEGIN} and ${END}`);
  }
  return contributing.slice(0, begin) + section() + contributing.slice(end + END.length);
}

function section() {
  return [
    BEGIN,
    'An import within `kernel/src` goes down, by one floor or many, and never in a circle. Imports of types count; tests look at the house from outside.',
    ['```text', ...picture(), '```'].join('\n'),
    [...sidewaysLines(), ...wallLines()].join('\n'),
    ['| folder | job |', '|---|---|', ...rows()].join('\n'),
    END,
  ].join('\n\n');
}

/** The house as it stands, a line a floor. */
function picture() {
  const storeys = floors.map((rooms) => rooms.map(({ name }) => name).join(' · '));
  const width = Math.max(...storeys.map(({ length }) => length)) + 2;
  const line = '─'.repeat(width);
  return [`┌${line}┐`, ...storeys.map((names) => `│${` ${names}`.padEnd(width)}│`), `└${line}┘`];
}

function sidewaysLines() {
  const meant = sideways.map(({ from, to }) => `${code(from)} imports ${code(to)}`);
  return [
    `- Rooms of one floor don't import each other${meant.length === 0 ? '' : `, but ${meant.join(', ')}`}.`,
  ];
}

function wallLines() {
  return [
    ...walls.map(
      ({ from, to, why }) =>
        `- ${listed(from)} never ${from.length === 1 ? 'reaches' : 'reach'} ${listed(to)}, over however many files: ${why}.`,
    ),
    `- What ${listed(bundled.rooms)} ${bundled.rooms.length === 1 ? 'runs' : 'run'}, over however many files, imports no module of Node.js: ${bundled.why}.`,
    `- The extension imports ${code(contract)} and its parts of the kernel, and nothing else.`,
  ];
}

function rows() {
  const rooms = floors.flat().map(({ name, job }) => ({ names: [`kernel/src/${name}`], job }));
  return [...rooms, ...grounds].map(
    ({ names, job }) => `| ${names.map(code).join(', ')} | ${job} |`,
  );
}

function listed(names) {
  const [last, ...others] = names.map(code).toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}

function code(name) {
  return `\`${name}\``;
}
