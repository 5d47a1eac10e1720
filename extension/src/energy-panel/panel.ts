import '../../style/panels.css';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { duration, printQuantity, si } from 'halfnote/mime';
import type { EnergyRow } from 'halfnote/mime/front-end';
import type { TranslationBundle } from '@jupyterlab/translation';
import { element, uniqueId } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { totals } from '../dom/parts';
import { feedsOf, type EnergyState } from '../feeds/feeds';
import type { ShellContext } from '../shell/context';
import type { PanelBody } from '../shell/lazy-panel';
import { methodText } from '../shell/method-text';
import { aboutNotebook, type NotebookPart } from '../shell/panel-notebook';
import { powerChart } from './power-chart';
import { treeRows, type Order, type TreeRow } from './tree';

/** What is between cells is no row where the user's code has done nothing there. */
const LEAST_J = 1e-3;
const SHORT = { interval: false } as const;

/** The precision and energy of the current notebook, cell by cell. */
export function energyPanel(context: ShellContext): PanelBody {
  return aboutNotebook(context, (panel) => new EnergyPart(panel, context.trans));
}

class EnergyPart implements NotebookPart {
  readonly node = element('div');
  readonly #panel: NotebookPanel;
  readonly #trans: TranslationBundle;
  readonly #head = element('div');
  readonly #rows = element('tbody');
  readonly #left = element('p', { class: 'hn-hint' });
  readonly #order: HTMLSelectElement;
  /** Those that the reader has unfolded; what is new is folded, so that cells stay in sight. */
  readonly #unfolded = new Set<number>();
  /** By the id of the row: what the reader has focused stays while rows come and go around it. */
  readonly #lines = new Map<number, HTMLTableRowElement>();
  #state: EnergyState | undefined;
  readonly end: () => void;

  constructor(panel: NotebookPanel, trans: TranslationBundle) {
    this.#panel = panel;
    this.#trans = trans;
    const order = uniqueId('order');
    this.#order = element('select', { id: order }, [
      element('option', { value: 'time' }, [trans.__('newest first')]),
      element('option', { value: 'energy' }, [trans.__('most energy first')]),
    ]);
    this.#order.addEventListener('change', () => {
      this.#update();
    });
    this.#rows.addEventListener('click', ({ target }) => {
      const button = target instanceof Element ? target.closest('button') : null;
      if (button !== null) this.#clicked(button);
    });
    this.node.append(
      this.#head,
      element('div', { class: 'hn-panel-tools' }, [
        element('label', { for: order }, [trans.__('Cells')]),
        this.#order,
      ]),
      element('table', { class: 'hn-table hn-energy-tree' }, [
        element('caption', {}, [trans.__('Precision and energy of each cell')]),
        element('thead', {}, [
          element('tr', {}, [
            element('th', { scope: 'col' }, [trans.__('Cell')]),
            element('th', { scope: 'col' }, [trans.__('Precision')]),
            element('th', { scope: 'col', class: 'hn-number' }, [trans.__('Energy')]),
          ]),
        ]),
        this.#rows,
      ]),
      this.#left,
    );
    const { energy } = feedsOf(panel);
    this.end = energy.read((state) => {
      this.#state = state;
      this.#update();
    }, 'cells');
  }

  #update(): void {
    const [state, trans] = [this.#state, this.#trans];
    keepChildren(this.#head, this.#summary());
    const rows = [...(state?.rows.values() ?? [])].filter(
      ({ kind, energyJ }) => kind !== 'outside' || energyJ.value > LEAST_J,
    );
    const order = this.#order.value as Order;
    const { shown, left } = treeRows(rows, order, (id) => !this.#unfolded.has(id));
    const most = Math.max(0, ...rows.map(({ energyJ }) => energyJ.value));
    keepChildren(
      this.#rows,
      shown.map((row) => {
        const line = this.#lines.get(row.row.id) ?? element('tr');
        this.#lines.set(row.row.id, line);
        keepChildren(line, this.#cells(row, most));
        return line;
      }),
    );
    for (const id of this.#lines.keys()) if (state?.rows.has(id) !== true) this.#lines.delete(id);
    const hidden = left + (state?.hidden ?? 0);
    this.#left.textContent = hidden > 0 ? trans.__('%1 more are not shown.', hidden) : '';
    if (shown.length === 0 && state !== undefined)
      this.#left.textContent = trans.__('No cell has run yet.');
  }

  #summary(): readonly HTMLElement[] {
    const [state, trans] = [this.#state, this.#trans];
    if (state === undefined)
      return [element('p', { class: 'hn-hint' }, [trans.__('The kernel has told no energy yet.')])];
    const { energyJ, co2eG, powerW, method, region, assumed, machineJ } = state.session;
    return [
      totals([
        [printQuantity(energyJ, 'J', SHORT), trans.__('energy')],
        [si(co2eG, 'g'), 'CO2e'],
        [powerW === null ? '–' : si(powerW, 'W'), trans.__('power now')],
      ]),
      element('p', { class: 'hn-hint' }, [
        trans.__(
          'Of your code in this session, %1: %2. Whole machine: %3.',
          methodText(method, trans),
          printQuantity(energyJ, 'J'),
          printQuantity(machineJ, 'J', SHORT),
        ),
        ' ',
        assumed
          ? trans.__('World average grid; state yours with %carbon --region.')
          : trans.__('Grid: %1.', region),
      ]),
      powerChart(state.power, trans),
    ];
  }

  #cells({ row, depth, hasParts }: TreeRow, most: number): readonly HTMLElement[] {
    const share = most > 0 ? Math.max(0, row.energyJ.value) / most : 0;
    const figure = printQuantity(row.energyJ, 'J', SHORT);
    const title = [
      printQuantity(row.energyJ, 'J'),
      `${si(row.co2eG, 'g')} CO2e`,
      duration(row.durationS),
      methodText(row.method, this.#trans),
    ].join('\n');
    return [
      element('th', { scope: 'row', style: `padding-left: ${16 + depth * 14}px` }, [
        ...(hasParts ? [this.#fold(row)] : []),
        this.#name(row),
      ]),
      element('td', {}, [row.policies.join(' → ')]),
      element('td', { class: 'hn-number', title }, [
        figure,
        element('span', {
          class: 'hn-share',
          'aria-hidden': 'true',
          style: `width: ${(share * 100).toFixed(1)}%`,
        }),
      ]),
    ];
  }

  #fold({ id, name }: EnergyRow): HTMLElement {
    const isOpen = this.#unfolded.has(id);
    const attributes = {
      ...{ type: 'button', class: 'hn-fold', 'data-fold': id, 'aria-expanded': String(isOpen) },
      'aria-label': this.#trans.__('Parts of %1', name),
    };
    return element('button', attributes, [isOpen ? '▾' : '▸']);
  }

  #name(row: EnergyRow): HTMLElement {
    const text = this.#nameOf(row);
    if (row.cellId === null || this.#cellAt(row.cellId) < 0)
      return element('span', { class: 'hn-cell-name' }, [text]);
    const title = this.#trans.__('Go to this cell');
    const attributes = { type: 'button', class: 'hn-cell-name', 'data-cell': row.cellId, title };
    return element('button', attributes, [text]);
  }

  #clicked({ dataset }: HTMLButtonElement): void {
    const { fold, cell } = dataset;
    if (cell !== undefined) this.#goTo(cell);
    if (fold === undefined) return;
    const id = Number(fold);
    if (!this.#unfolded.delete(id)) this.#unfolded.add(id);
    this.#update();
    // Its sign has changed, and with it the button.
    this.#lines.get(id)?.querySelector<HTMLElement>('button.hn-fold')?.focus();
  }

  #nameOf({ name, kind, status }: EnergyRow): string {
    const trans = this.#trans;
    if (kind === 'outside') return trans.__('Outside of cells');
    if (kind === 'background') return trans.__('%1, left running', name);
    if (status === 'open') return trans.__('%1, running', name);
    return status === 'interrupted' ? trans.__('%1, interrupted', name) : name;
  }

  #cellAt(cellId: string): number {
    return this.#panel.content.widgets.findIndex(({ model }) => model.id === cellId);
  }

  #goTo(cellId: string): void {
    const index = this.#cellAt(cellId);
    if (index < 0) return;
    this.#panel.content.activeCellIndex = index;
    void this.#panel.content.scrollToItem(index, 'center');
  }
}
