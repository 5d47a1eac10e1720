import { NotebookActions, type Notebook, type NotebookPanel } from '@jupyterlab/notebook';
import { POLICY_TARGET, policyReport, type PolicyReport } from 'halfnote/mime/front-end';
import { Widget } from '@lumino/widgets';
import { element, uniqueId } from '../dom/element';
import { KernelComm } from '../kernel/kernel-comm';
import { onlySetsPolicy, POLICIES, policyMagic, policyTitle, UNKNOWN } from './policy';

type Cell = Notebook['widgets'][number];

/**
 * The notebook's precision policy in its toolbar, as the kernel tells it, and what is computed in where
 * that is another. Choosing another policy inserts its magic above the active cell and runs it, so that
 * the notebook itself says what was computed in what. Hidden unless the notebook's kernel is ours.
 */
export class PolicySwitch extends Widget {
  readonly #panel: NotebookPanel;
  readonly #comm: KernelComm;
  readonly #select = element('select', { class: 'hn-policy-select', id: uniqueId('policy') });
  readonly #label = element('label', { for: this.#select.id }, ['Precision']);
  readonly #running = element('span', { class: 'hn-policy-running', role: 'status' });
  #report: PolicyReport | undefined;
  /** The policy that is chosen in the list; undefined where the reader may have chosen another. */
  #shown: string | undefined;

  constructor(panel: NotebookPanel) {
    super();
    this.#panel = panel;
    this.addClass('hn-policy');
    this.node.append(this.#label, this.#select, this.#running);
    this.#select.addEventListener('change', () => void this.#choose(this.#select.value));
    this.hide();
    this.#comm = new KernelComm(panel.sessionContext, POLICY_TARGET, {
      lost: (isOurs) => {
        this.#show(undefined);
        this.setHidden(!isOurs);
      },
      message: (data) => {
        this.#show(policyReport(data));
      },
    });
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#comm.dispose();
    super.dispose();
  }

  #show(report: PolicyReport | undefined): void {
    if (this.isDisposed) return;
    this.#report = report;
    const policy = report?.policy ?? UNKNOWN;
    const names = POLICIES.includes(policy) ? POLICIES : [...POLICIES, policy];
    // What hasn't changed stays: the list may be open, and a reader on the way to a choice.
    if (names.join() !== Array.from(this.#select.options, ({ value }) => value).join()) {
      this.#select.replaceChildren(
        ...names.map((name) => element('option', { value: name }, [name])),
      );
      this.#shown = undefined;
    }
    if (policy !== this.#shown) this.#select.value = policy;
    this.#shown = policy;
    this.#select.disabled = report === undefined || (this.#panel.content.model?.readOnly ?? true);
    this.#label.title = policyTitle(report);
    this.#select.title = this.#label.title;
    const { running = null } = report ?? {};
    this.#running.textContent = running === null ? '' : `now ${running}`;
  }

  async #choose(policy: string): Promise<void> {
    const { content, sessionContext } = this.#panel;
    const reader = content.activeCell;
    this.#shown = undefined;
    const cell = magicCell(content);
    if (cell === null) return;
    cell.model.sharedModel.setSource(policyMagic(policy));
    await NotebookActions.runCells(content, [cell], sessionContext);
    this.#show(this.#report);
    if (reader !== null && !reader.isDisposed) {
      content.activeCellIndex = content.widgets.indexOf(reader);
    }
  }
}

/** The cell to write the magic to: one at hand that only sets the policy, else a new one. */
function magicCell(notebook: Notebook): Cell | null {
  const index = notebook.activeCellIndex;
  const candidates = [notebook.widgets[index], notebook.widgets[index - 1]];
  const found = candidates.find(
    (cell) => cell?.model.type === 'code' && onlySetsPolicy(cell.model.sharedModel.getSource()),
  );
  if (found !== undefined) return found;
  NotebookActions.insertAbove(notebook);
  return notebook.activeCell;
}
