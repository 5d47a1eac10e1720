import type { ICodeCellModel } from '@jupyterlab/cells';
import type { KernelMessage } from '@jupyterlab/services';
import type { JournaledOutput, JournaledRun, SavedOutputs } from 'halfnote/mime/front-end';

type Fields = Readonly<Record<string, unknown>>;
type Output = ReturnType<ICodeCellModel['outputs']['get']>;

/** A run that another page has begun, in its cell: what it has shown so far, and what it shows from now on. */
export class RestoredRun {
  readonly cell: ICodeCellModel;
  /** Outputs that may be updated, by their display: their places change when the reader clears some. */
  readonly #displays = new Map<string, Output[]>();
  #executionCount: number | null;

  constructor(cell: ICodeCellModel, run: JournaledRun) {
    this.cell = cell;
    this.#executionCount = run.executionCount;
    if (run.saved === null) {
      cell.sharedModel.transact(() => {
        cell.clearExecution();
      }, false);
      cell.trusted = true;
    } else this.#find(run.saved);
    if (run.omittedBytes > 0) this.#add({ type: 'stream', content: omitted(run.omittedBytes) });
    for (const output of run.outputs) this.#add(output);
    if (run.state === 'ended') {
      if (run.saved === null) this.#end();
    } else cell.executionState = 'running';
  }

  receive({ header, content }: KernelMessage.IMessage): void {
    if (this.cell.isDisposed) return;
    const fields = content as unknown as Fields;
    if (header.msg_type === 'execute_input') {
      this.#executionCount = Number(fields['execution_count']);
    } else if (header.msg_type === 'status') {
      if (fields['execution_state'] === 'idle') this.#end();
    } else this.#add({ type: header.msg_type, content: fields });
  }

  /** What becomes of the run will not be known. */
  leave(): void {
    if (!this.cell.isDisposed) this.cell.executionState = 'idle';
  }

  #end(): void {
    this.cell.executionCount = this.#executionCount;
    this.cell.executionState = 'idle';
  }

  #add({ type, content }: JournaledOutput): void {
    const { outputs } = this.cell;
    const { display_id: id } = (content['transient'] ?? {}) as { readonly display_id?: string };
    switch (type) {
      case 'stream':
      case 'display_data':
      case 'execute_result':
      case 'error':
        outputs.add({ ...content, output_type: type });
        if (id !== undefined) this.#mayBeUpdated(id, outputs.get(outputs.length - 1));
        break;
      case 'update_display_data':
        if (id !== undefined) this.#update(id, content);
        break;
      case 'clear_output':
        outputs.clear(content['wait'] === true);
        this.#displays.clear();
    }
  }

  /** A file has no ids of displays: they are found by their places, where the cell is as it was saved. */
  #find({ count, displays }: SavedOutputs): void {
    const { outputs } = this.cell;
    if (outputs.length !== count) return;
    for (const { id, place } of displays) {
      if (place >= 0 && place < count) this.#mayBeUpdated(id, outputs.get(place));
    }
  }

  #mayBeUpdated(id: string, output: Output): void {
    this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
  }

  #update(id: string, content: Fields): void {
    const { outputs } = this.cell;
    const wanted = new Set(this.#displays.get(id));
    this.#displays.delete(id);
    for (let index = 0; index < outputs.length; index++) {
      if (!wanted.has(outputs.get(index))) continue;
      outputs.set(index, { ...content, output_type: 'display_data' });
      this.#mayBeUpdated(id, outputs.get(index));
    }
  }
}

function omitted(bytes: number): Fields {
  const text = `[${(bytes / 1e6).toPrecision(2)} MB of earlier output were seen by no page, and are not kept.]\n`;
  return { name: 'stdout', text };
}
