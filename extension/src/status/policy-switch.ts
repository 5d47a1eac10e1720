import { NotebookActions, type Notebook, type NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { element, uniqueId } from '../dom/element';
import {
  DEFAULT_POLICY,
  onlySetsPolicy,
  POLICIES,
  policyMagic,
  policyOf,
  policySetBy,
  type ExecutedCell,
} from './policy';

type Cell = Notebook['widgets'][number];

/** A silent request gets the number of the cell that would come next. */
const FIRST = 1;

/**
 * The notebook's precision policy in its toolbar. Choosing another inserts its magic above the
 * active cell and runs it, so that the notebook itself says what was computed in what.
 * Hidden unless the notebook's kernel is ours.
 */
export class PolicySwitch extends Widget {
  readonly #panel: NotebookPanel;
  readonly #select = element('select', { class: 'hn-policy-select', id: uniqueId('policy') });
  #policy: string = DEFAULT_POLICY;

  constructor(panel: NotebookPanel) {
    super();
    this.#panel = panel;
    this.addClass('hn-policy');
    this.node.append(
      element('label', { for: this.#select.id, title: 'Precision of the cells that follow' }, [
        'Precision',
      ]),
      this.#select,
    );
    this.#select.addEventListener('change', () => void this.#choose(this.#select.value));
    const { sessionContext } = panel;
    sessionContext.kernelChanged.connect(this.#onKernel, this);
    sessionContext.statusChanged.connect(this.#onStatus, this);
    NotebookActions.executed.connect(this.#onExecuted, this);
    this.hide();
    void Promise.all([panel.revealed, sessionContext.ready])
      .then(() => this.#start())
      .catch(noKernel);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    const { sessionContext } = this.#panel;
    sessionContext.kernelChanged.disconnect(this.#onKernel, this);
    sessionContext.statusChanged.disconnect(this.#onStatus, this);
    NotebookActions.executed.disconnect(this.#onExecuted, this);
    super.dispose();
  }

  /** A kernel that has run nothing has the default policy, whatever a stored notebook ran once. */
  async #start(): Promise<void> {
    const kernel = this.#panel.sessionContext.session?.kernel;
    this.hide();
    if (kernel === null || kernel === undefined) return;
    const { implementation } = await kernel.info;
    if (this.isDisposed || implementation !== 'halfnote') return;
    this.#show(DEFAULT_POLICY);
    this.show();
    const probe = kernel.requestExecute({ code: '', silent: true, store_history: false });
    const { content } = await probe.done;
    if (content.execution_count === FIRST) return;
    this.#show(policyOf(this.#panel.content.widgets.map(executed)));
  }

  #onKernel(): void {
    this.#start().catch(noKernel);
  }

  #onStatus(_: unknown, status: string): void {
    if (status === 'restarting' || status === 'autorestarting') this.#show(DEFAULT_POLICY);
  }

  #onExecuted(_: unknown, event: { notebook: Notebook; cell: Cell; success: boolean }): void {
    if (event.notebook !== this.#panel.content || !event.success) return;
    const policy = policySetBy(source(event.cell));
    if (policy !== undefined) this.#show(policy);
  }

  #show(policy: string): void {
    if (this.isDisposed) return;
    this.#policy = policy;
    const names = POLICIES.includes(policy) ? POLICIES : [...POLICIES, policy];
    this.#select.replaceChildren(
      ...names.map((name) => element('option', { value: name }, [name])),
    );
    this.#select.value = policy;
    this.#select.disabled = this.#panel.content.model?.readOnly ?? true;
  }

  async #choose(policy: string): Promise<void> {
    const { content, sessionContext } = this.#panel;
    const reader = content.activeCell;
    const cell = magicCell(content);
    if (cell === null) return;
    cell.model.sharedModel.setSource(policyMagic(policy));
    const ran = await NotebookActions.runCells(content, [cell], sessionContext);
    if (!ran) this.#show(this.#policy);
    if (reader !== null && !reader.isDisposed) {
      content.activeCellIndex = content.widgets.indexOf(reader);
    }
  }
}

/** A kernel that went away while it was asked has no policy to show. */
function noKernel(): void {
  // The switch stays hidden until the next kernel.
}

/** The cell to write the magic to: one at hand that only sets the policy, else a new one. */
function magicCell(notebook: Notebook): Cell | null {
  const index = notebook.activeCellIndex;
  const candidates = [notebook.widgets[index], notebook.widgets[index - 1]];
  const found = candidates.find(
    (cell) => cell?.model.type === 'code' && onlySetsPolicy(source(cell)),
  );
  if (found !== undefined) return found;
  NotebookActions.insertAbove(notebook);
  return notebook.activeCell;
}

function source(cell: Cell): string {
  return cell.model.sharedModel.getSource();
}

function executed({ model }: Cell): ExecutedCell {
  const count: unknown = model.sharedModel.toJSON()['execution_count'];
  return {
    source: model.sharedModel.getSource(),
    executionCount: typeof count === 'number' ? count : null,
  };
}
