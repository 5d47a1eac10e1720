/** What a view shows of data from a notebook, which may be of any size: the first of each list or record. */

interface List {
  /** Keys from the payload down; `*`: each item of a list. Of a record: to what its keys are free. */
  readonly path: readonly string[];
  readonly most: number;
  /** What it holds, in words. */
  readonly of: string;
  /** Not a list: it is left out where it holds more values than `most`, for a part of it says nothing. */
  readonly whole?: true;
}

const OWN: readonly List[] = [
  { path: ['rows'], most: 200, of: 'formats' },
  { path: ['notes'], most: 50, of: 'notes' },
  { path: ['rows', '*', 'claims'], most: 20, of: 'claims of a format' },
  { path: ['sources'], most: 100, of: 'sources' },
  { path: ['layers'], most: 1000, of: 'layers' },
  { path: ['layers', '*', 'formats'], most: 40, of: 'formats of a layer' },
  { path: ['time'], most: 60_000, of: 'counts over time', whole: true },
  { path: ['time', 'layers'], most: 1000, of: 'layers over time' },
  { path: ['formats'], most: 40, of: 'formats' },
  { path: ['nodes'], most: 600, of: 'layers of the graph' },
  { path: ['nodes', '*', 'inputs'], most: 100, of: 'inputs of a layer' },
  { path: ['layouts'], most: 2, of: 'layouts' },
  { path: ['layouts', '*', 'boxes'], most: 600, of: 'boxes' },
  { path: ['layouts', '*', 'boxes', '*', 'nodes'], most: 600, of: 'layers of a block' },
  { path: ['layouts', '*', 'edges'], most: 2000, of: 'lines' },
  { path: ['layouts', '*', 'edges', '*', 'points'], most: 400, of: 'points of a line' },
  { path: ['layers', '*', 'histogram', 'before'], most: 64, of: 'bins' },
  { path: ['layers', '*', 'histogram', 'after'], most: 64, of: 'bins' },
  { path: ['lossScale', 'history'], most: 500, of: 'changes of the loss scale' },
  { path: ['lossScale', 'skippedAt'], most: 500, of: 'skipped steps' },
  { path: ['batchLoss'], most: 400, of: 'batches' },
  { path: ['trained'], most: 500, of: 'epochs' },
  { path: ['trained', '*', 'values'], most: 20, of: 'measures of an epoch' },
  { path: ['windows'], most: 2000, of: 'windows' },
  { path: ['devices'], most: 64, of: 'devices' },
  { path: ['intensity', 'alternatives'], most: 20, of: 'other intensities' },
  { path: ['total', 'problems'], most: 20, of: 'problems' },
  { path: ['total', 'parts'], most: 64, of: 'devices of the total' },
  { path: ['windows', '*', 'problems'], most: 20, of: 'problems of a window' },
  { path: ['windows', '*', 'parts'], most: 64, of: 'devices of a window' },
];

/** A comparison holds payloads of two runs. */
const LISTS: readonly List[] = [
  ...OWN,
  { path: ['runs'], most: 3, of: 'runs' },
  ...OWN.map((list) => ({ ...list, path: ['runs', '*', 'ranges', ...list.path] })),
];

/** Signs of one text. */
const LONGEST = 1000;
/** Levels of nesting; no payload has half as many. */
const DEEPEST = 16;

/** Data of a bounded size, and what it leaves out, in sentences. */
export interface WithinBudget {
  readonly data: unknown;
  readonly left: readonly string[];
}

/**
 * A payload with its lists cut to what a view shows: to be called before it is checked, so that neither
 * the check nor the view takes long over data that somebody has made large.
 */
export function withinBudget(data: unknown): WithinBudget {
  const left = new Map<List, number>();
  const cut = (value: unknown, lists: readonly List[], depth: number): unknown => {
    if (typeof value === 'string') return shortened(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth === DEEPEST) return undefined;
    const below = (key: string): readonly List[] => lists.filter(({ path }) => path[depth] === key);
    const own = lists.find(({ path }) => path.length === depth);
    if (own?.whole === true && isLarger(value, own.most)) {
      left.set(own, Infinity);
      return undefined;
    }
    const first = <T>(items: readonly T[]): readonly T[] => {
      if (own === undefined || items.length <= own.most) return items;
      left.set(own, Math.max(items.length, left.get(own) ?? 0));
      return items.slice(0, own.most);
    };
    if (Array.isArray(value)) {
      const items = below('*');
      return first(value).map((item) => cut(item, items, depth + 1));
    }
    return Object.fromEntries(
      first(Object.entries(value)).map(([key, item]) => [
        shortened(key),
        cut(item, below(key), depth + 1),
      ]),
    );
  };
  return {
    data: cut(data, LISTS, 0),
    left: Array.from(left, ([list, all]) => sentence(list, all)),
  };
}

function sentence({ most, of, whole }: List, all: number): string {
  if (whole === true) return `Leaves out more than ${most.toLocaleString('en')} ${of}.`;
  return `Shows the first ${most.toLocaleString('en')} of ${all.toLocaleString('en')} ${of}.`;
}

/** Whether there are more than `most` values in it, looked at no further than that. */
function isLarger(value: object, most: number): boolean {
  let seen = 0;
  const count = (within: object, depth: number): void => {
    for (const item of Object.values(within) as unknown[]) {
      seen += 1;
      if (seen > most) return;
      if (typeof item === 'object' && item !== null && depth < DEEPEST) count(item, depth + 1);
    }
  };
  count(value, 0);
  return seen > most;
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
