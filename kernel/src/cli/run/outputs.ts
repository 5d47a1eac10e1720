import { isObject, type Json } from './json';
import { splitLines, type Cell } from './notebook';

/** A message of the kernel on IOPub, as far as outputs go. */
export interface OutputMessage {
  readonly type: string;
  readonly content: Json;
}

type MutableOutput = Record<string, unknown>;

/** Turns the messages of a run into the outputs of its cells. */
export class OutputCollector {
  private readonly cells = new Map<Cell, MutableOutput[]>();
  /** Outputs that an update can change, by display id, wherever they are. */
  private readonly displays = new Map<string, MutableOutput[]>();
  private clearing: Cell | undefined;

  /** Begins a cell anew. */
  open(cell: Cell): void {
    this.cells.set(cell, []);
  }

  add(cell: Cell, { type, content }: OutputMessage): void {
    if (type === 'clear_output') {
      if (content['wait'] === true) this.clearing = cell;
      else this.clear(cell);
      return;
    }
    if (type === 'update_display_data') {
      this.update(content);
      return;
    }
    const output = outputOf(type, content);
    if (!output) return;
    if (this.clearing === cell) this.clear(cell);
    const outputs = this.cells.get(cell) ?? [];
    this.cells.set(cell, outputs);
    const last = outputs.at(-1);
    if (
      type === 'stream' &&
      last?.['output_type'] === 'stream' &&
      last['name'] === output['name']
    ) {
      last['text'] = String(last['text']) + String(output['text']);
      return;
    }
    outputs.push(output);
    const id = displayId(content);
    if (id !== undefined) this.displays.set(id, [...(this.displays.get(id) ?? []), output]);
  }

  /** The outputs as nbformat has them. */
  outputs(cell: Cell): Json[] {
    return (this.cells.get(cell) ?? []).map((output) => ({
      ...output,
      ...(typeof output['text'] === 'string' && { text: splitLines(output['text']) }),
      ...(isObject(output['data']) && { data: linesOfData(output['data']) }),
    }));
  }

  private clear(cell: Cell): void {
    this.clearing = undefined;
    this.cells.set(cell, []);
  }

  private update(content: Json): void {
    const id = displayId(content);
    for (const output of (id !== undefined && this.displays.get(id)) || []) {
      output['data'] = content['data'];
      output['metadata'] = content['metadata'] ?? {};
    }
  }
}

function outputOf(type: string, content: Json): MutableOutput | undefined {
  switch (type) {
    case 'stream':
      return { output_type: type, name: content['name'], text: content['text'] };
    case 'display_data':
      return { output_type: type, data: content['data'], metadata: content['metadata'] ?? {} };
    case 'execute_result':
      return {
        output_type: type,
        execution_count: content['execution_count'],
        data: content['data'],
        metadata: content['metadata'] ?? {},
      };
    case 'error':
      return {
        output_type: type,
        ename: content['ename'],
        evalue: content['evalue'],
        traceback: content['traceback'],
      };
    default:
      return undefined;
  }
}

function displayId(content: Json): string | undefined {
  const { transient } = content;
  const id = isObject(transient) ? transient['display_id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** JSON types stay as they are; text is split into lines. */
function linesOfData(data: Json): Json {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [
      mime,
      typeof value === 'string' && !/[/+]json$/.test(mime) ? splitLines(value) : value,
    ]),
  );
}
