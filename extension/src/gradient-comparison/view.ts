import '../../style/handles.css';
import { percent } from 'halfnote/mime';
import {
  comparisonVerdict,
  gone,
  rangeComparison,
  readComparison,
  type ComparedLayer,
  type ComparedRun,
  type RangeComparison,
} from 'halfnote/mime/ranges';
import { element } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { details, heading, notes } from '../dom/parts';
import { SortableTable, type Column } from '../dom/table';
import { read } from '../gradient-ranges/reading';
import { stepMap } from '../gradient-ranges/step-map';
import { StepPicture } from '../gradient-ranges/step-picture';
import { VerdictLine } from '../dom/verdict-line';
import { check as checkPayload, type Checked } from '../payload';
import type { View } from '../view';

/** Checks data that claims to be two recordings of gradients. */
export function check(data: unknown): Checked<RangeComparison> {
  return checkPayload(rangeComparison, data);
}

/** Two recordings side by side: what each lost by layer and step, and a table of what differs. */
export function createView(): View<RangeComparison> {
  return new ComparisonView();
}

class ComparisonView implements View<RangeComparison> {
  readonly node = element('section', { class: 'hn-view hn-gradient-comparison', role: 'group' });
  readonly #head = element('div');
  readonly #verdict = new VerdictLine();
  readonly #spoken = element('p', { class: 'hn-hint hn-spoken', role: 'status' });
  readonly #runs = [this.#run(), this.#run()] as const;
  readonly #maps = element(
    'div',
    { class: 'hn-maps' },
    this.#runs.map(({ node }) => node),
  );
  readonly #table = new SortableTable<ComparedLayer>({
    caption: 'What two runs lost by layer',
    columns: [],
  });

  constructor() {
    this.#table.node.classList.add('hn-tall');
    this.node.append(
      this.#verdict.node,
      this.#head,
      this.#maps,
      this.#spoken,
      this.#table.node,
      details('How this was counted', [
        notes([
          'Shades are the same in both pictures. The difference is of all that is zero, becomes zero or overflows, in points of percent: where network and data are the same, what one run has more of was lost there.',
        ]),
      ]),
    );
  }

  update(payload: RangeComparison): Promise<void> {
    const compared = readComparison(payload);
    this.node.setAttribute('aria-label', payload.title);
    keepChildren(this.#head, [
      heading(payload.title, compared === undefined ? ['no layer is in both'] : []),
    ]);
    for (const part of [this.#maps, this.#table.node]) part.hidden = compared === undefined;
    this.#verdict.update(compared && comparisonVerdict(compared));
    if (compared === undefined) return Promise.resolve();
    for (const [index, run] of compared.runs.entries()) this.#runs[index]?.update(run);
    this.#table.setColumns(columnsOf(compared.runs));
    this.#table.update(compared.layers);
    return Promise.resolve();
  }

  dispose(): void {
    for (const run of this.#runs) run.picture.dispose();
  }

  /** One run's map under its name; what a cell holds is said, as it is of the other's. */
  #run(): {
    readonly node: HTMLElement;
    readonly picture: StepPicture;
    readonly update: (run: ComparedRun) => void;
  } {
    const name = element('strong');
    const say = (text: string): void => {
      this.#spoken.textContent = text === '' ? '' : `${name.textContent}: ${text}`;
    };
    const picture = new StepPicture({ onMove: say, onChoose: () => undefined });
    return {
      node: element('div', {}, [name, picture.node]),
      picture,
      update: ({ name: called, ranges }) => {
        if (name.textContent !== called) name.textContent = called;
        const reading = read(ranges, {});
        if (reading !== undefined) picture.update(stepMap(ranges, reading), reading);
      },
    };
  }
}

function columnsOf(runs: readonly [ComparedRun, ComparedRun]): readonly Column<ComparedLayer>[] {
  return [
    {
      id: 'layer',
      title: 'Layer',
      hint: 'In both runs',
      value: ({ name }) => name,
      cell: ({ name }) => name,
    },
    ...runs.flatMap(({ name: group }, index) => [
      share(`zero ${index}`, group, 'Zero', 'Zero when it was counted', index, 'zero'),
      share(`small ${index}`, group, 'Underflow', 'Rounds to zero', index, 'underflow'),
      share(`large ${index}`, group, 'Overflow', 'Too large, infinite or NaN', index, 'overflow'),
    ]),
    {
      id: 'difference',
      title: 'Difference',
      subtitle: 'points',
      hint: 'How much more the second run has of what is zero or lost, in points of percent',
      numeric: true,
      value: ({ difference }) => Math.abs(difference),
      cell: ({ lost }) => {
        const points = 100 * (gone(lost[1]) - gone(lost[0]));
        return `${points < 0 ? '−' : points > 0 ? '+' : ''}${Math.abs(points).toFixed(2)}`;
      },
    },
  ];
}

function share(
  id: string,
  group: string,
  title: string,
  hint: string,
  run: number,
  what: 'zero' | 'underflow' | 'overflow',
): Column<ComparedLayer> {
  const value = ({ lost }: ComparedLayer): number => lost[run]?.[what] ?? 0;
  return {
    ...{ id, group, title, hint, numeric: true, value },
    cell: (layer) => percent(value(layer)),
  };
}
