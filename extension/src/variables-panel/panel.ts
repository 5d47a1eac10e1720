import '../../style/panels.css';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ABSENT, bytes } from 'halfnote/mime';
import type { VariableRow } from 'halfnote/mime/front-end';
import type { TranslationBundle } from '@jupyterlab/translation';
import { element, uniqueId } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { SortableTable, type Column } from '../dom/table';
import { feedsOf, type VariablesState } from '../feeds/feeds';
import type { ShellContext } from '../shell/context';
import type { PanelBody } from '../shell/lazy-panel';
import { aboutNotebook, type NotebookPart } from '../shell/panel-notebook';
import { valuesNode } from './values';

/** The variables of the current notebook, as its kernel tells them after each cell. */
export function variablesPanel(context: ShellContext): PanelBody {
  return aboutNotebook(context, (panel) => new VariablesPart(panel, context.trans));
}

class VariablesPart implements NotebookPart {
  readonly node = element('div');
  readonly #panel: NotebookPanel;
  readonly #trans: TranslationBundle;
  readonly #filter: HTMLInputElement;
  readonly #status = element('p', { class: 'hn-hint', role: 'status' });
  readonly #table: SortableTable<VariableRow>;
  readonly #values = element('div', { class: 'hn-values' });
  #state: VariablesState | undefined;
  #open: string | undefined;
  /** The list of which the values were asked. */
  #asked = '';
  readonly end: () => void;

  constructor(panel: NotebookPanel, trans: TranslationBundle) {
    this.#panel = panel;
    this.#trans = trans;
    const filter = uniqueId('filter');
    this.#filter = element('input', { id: filter, type: 'search', autocomplete: 'off' });
    this.#filter.addEventListener('input', () => {
      this.#update();
    });
    this.#table = new SortableTable({
      caption: trans.__('Variables of the notebook'),
      columns: this.#columns(),
      hasFilter: false,
    });
    this.#table.node.addEventListener('click', ({ target }) => {
      const button = target instanceof Element ? target.closest('button') : null;
      const { name } = button?.dataset ?? {};
      if (name !== undefined) this.#clicked(name);
    });
    this.node.append(
      element('div', { class: 'hn-panel-tools' }, [
        element('label', { for: filter }, [trans.__('Filter')]),
        this.#filter,
      ]),
      this.#status,
      element('div', { class: 'hn-variables' }, [this.#table.node]),
      this.#values,
    );
    this.end = feedsOf(panel).variables.read((state) => {
      this.#state = state;
      this.#update();
    });
  }

  #columns(): readonly Column<VariableRow>[] {
    const trans = this.#trans;
    return [
      {
        ...{ id: 'name', title: trans.__('Name'), hint: trans.__('Opens its values') },
        value: ({ name }) => name,
        cell: (row) =>
          element('span', {}, [
            this.#nameButton(row.name),
            element('span', { class: 'hn-under' }, [
              [row.type, shapeText(row), row.text].filter((part) => part !== '').join(' · '),
            ]),
          ]),
      },
      {
        ...{ id: 'type', title: trans.__('Type'), hint: trans.__('The class of its value') },
        value: ({ type }) => type,
        cell: ({ type }) => type,
      },
      {
        ...{ id: 'shape', title: trans.__('Shape'), hint: trans.__('Sizes along its axes') },
        value: ({ shape }) => shape?.reduce((product, size) => product * size, 1),
        cell: (row) => shapeText(row),
      },
      {
        ...{ id: 'format', title: trans.__('Format') },
        hint: trans.__('What its numbers are kept in'),
        value: ({ format }) => (format === '' ? undefined : format),
        cell: ({ format }) => format,
      },
      {
        ...{ id: 'bytes', title: trans.__('Size'), hint: trans.__('Bytes of its numbers') },
        numeric: true,
        value: ({ bytes: size }) => size ?? undefined,
        cell: ({ bytes: size }) => (size === null ? ABSENT : bytes(size)),
      },
      {
        ...{ id: 'value', title: trans.__('Value'), hint: trans.__('Its value in short') },
        value: ({ text }) => (text === '' ? undefined : text),
        cell: ({ text }) => text,
      },
    ];
  }

  #update(): void {
    const state = this.#state;
    const rows = state?.rows ?? [];
    const wanted = this.#filter.value.trim().toLowerCase();
    const shown = rows.filter(({ name, type, format }) =>
      `${name} ${type} ${format}`.toLowerCase().includes(wanted),
    );
    this.#table.update(shown);
    const status = this.#statusText(shown.length);
    if (this.#status.textContent !== status) this.#status.textContent = status;
    this.#showValues();
  }

  #statusText(shown: number): string {
    const [state, trans] = [this.#state, this.#trans];
    if (state === undefined) return trans.__('The kernel has told no variables yet.');
    const { rows, hidden, busy } = state;
    const list =
      rows === null
        ? []
        : rows.length === 0
          ? [trans.__('No variables.')]
          : [
              shown === rows.length
                ? trans._n('%1 variable.', '%1 variables.', shown)
                : trans.__('%1 of %2 variables.', shown, rows.length),
              ...(hidden > 0 ? [trans.__('%1 older ones are not shown.', hidden)] : []),
            ];
    return [...list, ...(busy ? [trans.__('Busy: a cell is running.')] : [])].join(' ');
  }

  #nameButton(name: string): HTMLElement {
    const isOpen = String(this.#open === name);
    const attributes = { type: 'button', class: 'hn-cell-name', 'data-name': name };
    return element('button', { ...attributes, 'aria-expanded': isOpen }, [name]);
  }

  #clicked(name: string): void {
    this.#open = this.#open === name ? undefined : name;
    this.#asked = '';
    this.#update();
  }

  #showValues(): void {
    const [state, name] = [this.#state, this.#open];
    const row = state?.rows?.find((one) => one.name === name);
    if (state === undefined || name === undefined || row === undefined) {
      this.#values.replaceChildren();
      return;
    }
    const values = state.values.get(name);
    const isBusy = values?.kind === 'none' && values.why === 'busy';
    const asked = `${state.version} ${name}`;
    if ((values === undefined || (isBusy && !state.busy)) && asked !== this.#asked) {
      this.#asked = asked;
      feedsOf(this.#panel).variables.ask({ values: name });
    }
    // What was there stays until the values of now have come.
    if (values === undefined && this.#values.dataset['of'] === name) return;
    this.#values.dataset['of'] = name;
    keepChildren(this.#values, [valuesNode(row, values, this.#trans)]);
  }
}

function shapeText({ shape }: VariableRow): string {
  return shape === null ? '' : `[${shape.join(', ')}]`;
}
