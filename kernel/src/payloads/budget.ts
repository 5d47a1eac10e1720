/** What a view shows of data from a notebook, which may be of any size: the first of each list. */

interface List {
  /** Keys from the payload down; `*`: each item of a list. */
  readonly path: readonly string[];
  readonly most: number;
  /** What it holds, in words. */
  readonly of: string;
}

const LISTS: readonly List[] = [
  { path: ['rows'], most: 200, of: 'formats' },
  { path: ['notes'], most: 50, of: 'notes' },
  { path: ['layers'], most: 1000, of: 'layers' },
  { path: ['formats'], most: 40, of: 'formats' },
  { path: ['lossScale', 'history'], most: 500, of: 'changes of the loss scale' },
  { path: ['lossScale', 'skippedAt'], most: 500, of: 'skipped steps' },
  { path: ['batchLoss'], most: 400, of: 'batches' },
  { path: ['trained'], most: 500, of: 'epochs' },
  { path: ['windows'], most: 2000, of: 'windows' },
  { path: ['devices'], most: 64, of: 'devices' },
  { path: ['intensity', 'alternatives'], most: 20, of: 'other intensities' },
  { path: ['total', 'problems'], most: 20, of: 'problems' },
  { path: ['total', 'parts'], most: 64, of: 'devices of the total' },
  { path: ['windows', '*', 'problems'], most: 20, of: 'problems of a window' },
  { path: ['windows', '*', 'parts'], most: 64, of: 'devices of a window' },
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
    if (Array.isArray(value)) {
      const own = lists.find(({ path }) => path.length === depth);
      const most = own?.most ?? value.length;
      if (own !== undefined && value.length > most)
        left.set(own, Math.max(value.length, left.get(own) ?? 0));
      const items = below('*');
      return value.slice(0, most).map((item) => cut(item, items, depth + 1));
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, cut(item, below(key), depth + 1)]),
    );
  };
  return {
    data: cut(data, LISTS, 0),
    left: Array.from(left, ([list, all]) => sentence(list, all)),
  };
}

function sentence({ most, of }: List, all: number): string {
  return `Shows the first ${most.toLocaleString('en')} of ${all.toLocaleString('en')} ${of}.`;
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
