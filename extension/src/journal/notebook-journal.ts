import type { CodeCell, ICodeCellModel } from '@jupyterlab/cells';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { NotebookActions, type Notebook, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import {
  JOURNAL_TARGET,
  journalMessage,
  type AnswerMessage,
  type JournaledQuestion,
  type JournaledRun,
  type OpeningMessage,
} from 'halfnote/mime/front-end';
import { KernelComm, type Data } from '../kernel/kernel-comm';
import { AskedInput } from './asked-input';
import { RestoredRun } from './restored-run';

/**
 * Puts the runs that the kernel's journal has into the cells of a notebook, follows those that still
 * run, and tells the kernel which runs a saved file has.
 */
export class NotebookJournal {
  readonly #panel: NotebookPanel;
  /** Runs that were begun by a page that is gone, by the id of the request. */
  readonly #restored = new Map<string, RestoredRun>();
  /** Requests whose end this page has seen, or was told of. */
  readonly #ended = new Set<string>();
  /** Those of them that no save was begun after. */
  readonly #unsaved = new Set<string>();
  /** Whose display an update is of, by its id. */
  readonly #displays = new Map<string, string>();
  #saving: readonly string[] = [];
  #question: JournaledQuestion | null = null;
  #asked: AskedInput | undefined;
  #comm: KernelComm | undefined;
  #isDisposed = false;

  constructor(panel: NotebookPanel) {
    this.#panel = panel;
    void panel.context.ready.then(() => {
      this.#start();
    });
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#ask(null);
    this.#comm?.dispose();
    const { sessionContext, context } = this.#panel;
    sessionContext.iopubMessage.disconnect(this.#onMessage, this);
    context.saveState.disconnect(this.#onSave, this);
    context.pathChanged.disconnect(this.#onPath, this);
    NotebookActions.executionScheduled.disconnect(this.#onScheduled, this);
  }

  #start(): void {
    if (this.#isDisposed) return;
    const { sessionContext, context } = this.#panel;
    sessionContext.iopubMessage.connect(this.#onMessage, this);
    context.saveState.connect(this.#onSave, this);
    context.pathChanged.connect(this.#onPath, this);
    NotebookActions.executionScheduled.connect(this.#onScheduled, this);
    const listener = {
      lost: () => {
        this.#leave();
      },
      message: (data: unknown) => {
        const { run, question } = journalMessage(data) ?? {};
        if (run !== undefined && run !== null) this.#restore(run);
        if (question !== undefined) this.#ask(question);
      },
    };
    this.#comm = new KernelComm(sessionContext, JOURNAL_TARGET, listener, () => this.#opening());
  }

  #opening(): OpeningMessage & Data {
    return { notebook: this.#panel.context.path };
  }

  #onPath(): void {
    this.#comm?.send(this.#opening());
  }

  /** The kernel is gone or can't be heard: what it runs is not known any more. */
  #leave(): void {
    this.#ask(null);
    for (const run of this.#restored.values()) run.leave();
    this.#restored.clear();
  }

  #restore(run: JournaledRun): void {
    const cell = this.#cellOf(run.cellId);
    if (cell === undefined || cell.isDisposed) return;
    const { future } = this.#widgetOf(cell)?.outputArea ?? {};
    if (future !== undefined && !future.isDisposed) {
      // This page has begun a run of its own, or has seen this one to its end.
      if (future.msg.header.msg_id !== run.requestId || this.#ended.has(run.requestId)) return;
      // It was not there for a while: what it missed doesn't come again. Its own run ends as cancelled.
      future.dispose();
      void future.done
        .catch(() => undefined)
        .then(() => {
          this.#put(cell, run);
        });
    } else if (!this.#ended.has(run.requestId)) this.#put(cell, run);
  }

  #put(cell: ICodeCellModel, run: JournaledRun): void {
    if (cell.isDisposed) return;
    const restored = new RestoredRun(cell, run);
    for (const { id } of run.saved?.displays ?? []) this.#displays.set(id, run.requestId);
    for (const { content } of run.outputs) {
      const { display_id: id } = (content['transient'] ?? {}) as { readonly display_id?: string };
      if (id !== undefined) this.#displays.set(id, run.requestId);
    }
    if (run.state === 'ended') {
      this.#ended.add(run.requestId);
      if (run.saved === null || run.outputs.length > 0) this.#unsaved.add(run.requestId);
    }
    this.#restored.set(run.requestId, restored);
    this.#ask(this.#question);
  }

  /** Asks what a run of a page that is gone wants to know; this page's own runs ask by themselves. */
  #ask(question: JournaledQuestion | null): void {
    this.#question = question;
    if (this.#asked?.id !== question?.id) {
      this.#asked?.withdraw();
      this.#asked = undefined;
    }
    const cell = this.#restored.get(question?.requestId ?? '')?.cell;
    const widget = cell && this.#widgetOf(cell);
    const { kernel } = this.#panel.sessionContext.session ?? {};
    if (question === null || this.#asked !== undefined || !widget || !kernel) return;
    const { id } = question;
    this.#asked = new AskedInput(widget, kernel, question, (value) => {
      this.#comm?.send({ answer: { id, value } } satisfies AnswerMessage);
    });
  }

  #onMessage(_: unknown, message: KernelMessage.IMessage): void {
    const parent = message.parent_header;
    if (!('msg_id' in parent)) return;
    const { transient } = message.content as { readonly transient?: { display_id?: string } };
    const { display_id: display } = transient ?? {};
    if (message.header.msg_type === 'update_display_data') {
      for (const run of this.#restored.values()) run.receive(message);
      const of = this.#displays.get(display ?? '');
      if (of !== undefined && this.#ended.has(of)) this.#unsaved.add(of);
    } else this.#restored.get(parent.msg_id)?.receive(message);
    if (display !== undefined && message.header.msg_type !== 'update_display_data')
      this.#displays.set(display, parent.msg_id);
    // What a timer shows after the end of its cell is not in a file that was saved before.
    if (this.#ended.has(parent.msg_id) && message.header.msg_type !== 'status')
      this.#unsaved.add(parent.msg_id);
    const { execution_state: state } = message.content as {
      readonly execution_state?: Kernel.Status;
    };
    const isEnd = message.header.msg_type === 'status' && state === 'idle';
    if (
      isEnd &&
      parent.msg_type === 'execute_request' &&
      this.#shows(parent.msg_id, parent.session)
    ) {
      this.#ends(parent.msg_id);
    }
  }

  /** Whether a run is in this page's cells: other pages run some with the same kernel. */
  #shows(requestId: string, session: string): boolean {
    const { kernel } = this.#panel.sessionContext.session ?? {};
    return session === kernel?.clientId || this.#restored.has(requestId);
  }

  #ends(requestId: string): void {
    this.#ended.add(requestId);
    this.#unsaved.add(requestId);
  }

  /** A cell runs anew: what its run before still shows is not wanted any more. */
  #onScheduled(
    _: unknown,
    { cell }: { readonly notebook: Notebook; readonly cell: { model: object } },
  ): void {
    for (const [id, run] of this.#restored) if (run.cell === cell.model) this.#restored.delete(id);
  }

  #onSave(_: unknown, state: DocumentRegistry.SaveState): void {
    if (state === 'started') {
      this.#saving = [...this.#unsaved];
      this.#unsaved.clear();
    } else if (state === 'failed') {
      for (const id of this.#saving) this.#unsaved.add(id);
    } else {
      const cellIds = [...(this.#panel.content.model?.cells ?? [])].map(({ id }) => id);
      // What one has shown meanwhile may not be in the file.
      const requestIds = this.#saving.filter((id) => !this.#unsaved.has(id));
      this.#comm?.send({ requestIds, cellIds });
    }
  }

  #cellOf(id: string): ICodeCellModel | undefined {
    const cells = this.#panel.content.model?.cells ?? [];
    const found = [...cells].find((cell) => cell.id === id);
    return found?.type === 'code' ? (found as ICodeCellModel) : undefined;
  }

  #widgetOf(cell: ICodeCellModel): CodeCell | undefined {
    const found = this.#panel.content.widgets.find(({ model }) => model === cell);
    return found as CodeCell | undefined;
  }
}
