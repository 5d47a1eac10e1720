import { cruise } from 'dependency-cruiser';
import { bundleProblems } from './bundle.mjs';
import * as house from './floors.mjs';

/** @typedef {Pick<typeof house, 'floors' | 'sideways' | 'exempt' | 'walls' | 'bundled' | 'contract'>} House */

const KERNEL = '^kernel/src/';
const EXTENSION = '^extension/src/';

/**
 * What stands against the floors in the checkout at `baseDir`, one sentence each.
 * @param {string} baseDir
 * @param {House} rules
 * @returns {Promise<string[]>}
 */
export async function floorProblems(baseDir, rules = house) {
  const { output } = await cruise(['kernel/src', 'extension/src'], {
    baseDir,
    // Imports of types count, too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '/dist/'] },
    validate: true,
    ruleSet: { forbidden: forbidden(rules) },
  });
  const homeless = output.modules
    .map(({ source }) => source)
    .filter((file) => isInKernel(file) && !rules.exempt.test(file) && !roomOf(file, rules))
    .map(
      (file) => `${file} stands on no floor: give its folder a room in scripts/floors/floors.mjs.`,
    );
  const broken = output.summary.violations.map((violation) => told(violation, rules));
  return [...new Set([...homeless, ...broken, ...(await bundleProblems(baseDir, rules))])];
}

/** The rules of dependency-cruiser that the data stands for. */
function forbidden({ floors, sideways, exempt, walls, contract }) {
  const rooms = floors.flat();
  const pathOf = (name) => roomPath(name, rooms);
  const rule = (name, from, to) => ({
    name,
    severity: 'error',
    from: { path: from, pathNot: exempt.source },
    to,
  });
  const up = floors.flatMap((floor, level) => {
    const above = floors.slice(0, level).flat();
    if (above.length === 0) return [];
    return floor.map(({ name }) =>
      rule('up', pathOf(name), { path: above.map((room) => pathOf(room.name)) }),
    );
  });
  const across = floors.flatMap((floor) =>
    floor.flatMap(({ name }) => {
      const isMeant = (other) => sideways.some(({ from, to }) => from === name && to === other);
      const others = floor.filter((room) => room.name !== name && !isMeant(room.name));
      if (others.length === 0) return [];
      return [rule('sideways', pathOf(name), { path: others.map((room) => pathOf(room.name)) })];
    }),
  );
  const through = walls.map(({ from, to }, index) =>
    rule(`wall ${index}`, from.map(pathOf), {
      path: to.map((name) => (name.startsWith('@') ? `(^|/)${name}/` : pathOf(name))),
      reachable: true,
    }),
  );
  return [
    ...up,
    ...across,
    ...through,
    rule('circle', [KERNEL, EXTENSION], { circular: true }),
    {
      name: 'contract',
      severity: 'error',
      from: { path: EXTENSION },
      to: { path: '^(kernel|halfnote|node_modules/halfnote)(/|$)', pathNot: `^${contract}(/|$)` },
    },
  ];
}

/** What is in a room, as a regular expression: all of its folder but the rooms in that. */
function roomPath(name, rooms) {
  if (name.endsWith('.ts')) return `${KERNEL}${name.replace('.', '\\.')}$`;
  const inner = rooms
    .filter((room) => room.name.startsWith(`${name}/`))
    .map((room) => `${room.name.slice(name.length + 1)}/`);
  return `${KERNEL}${name}/${inner.length === 0 ? '' : `(?!${inner.join('|')})`}`;
}

const isInKernel = (file) => new RegExp(KERNEL).test(file);

function roomOf(file, { floors }) {
  const rooms = floors.flat();
  return rooms.find(({ name }) => new RegExp(roomPath(name, rooms)).test(file));
}

/** One violation as a sentence that names both ends. */
function told({ rule, from, to, cycle, via }, house) {
  const [kind, index] = rule.name.split(' ');
  const names = (steps) => steps.map((step) => step.name ?? step);
  const [lower, upper] = [from, to].map((file) => roomOf(file, house)?.name);
  switch (kind) {
    case 'up':
      return `${from} imports ${to}: ${lower} stands below ${upper}, and an import goes down.`;
    case 'sideways':
      return `${from} imports ${to}: ${lower} and ${upper} stand on one floor, and know nothing of each other.`;
    case 'circle':
      return `${inCircle(names(cycle)).join(' imports ')}: a circle.`;
    case 'contract':
      return `${from} imports ${to}: the extension knows ${house.contract} of the kernel, and nothing else.`;
    default:
      return `${from} reaches ${[...names(via)].join(' -> ')}: ${house.walls[Number(index)].why}.`;
  }
}

/** A circle from its first file by name around to that again, so that it is told once. */
function inCircle(files) {
  const first = files.indexOf(files.toSorted()[0]);
  const turned = [...files.slice(first), ...files.slice(0, first)];
  return [...turned, turned[0]];
}
