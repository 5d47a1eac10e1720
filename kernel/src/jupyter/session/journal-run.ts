import type { JournaledOutput, JournaledRun } from '../../payloads/comms';
import { endOf } from '../../runtime/code-points';
import type { JsonObject } from '../protocol/message';

/** An output that is kept, and what it takes. */
interface Kept {
  output: JournaledOutput;
  bytes: number;
}

/** The outputs of one run, put together as a front end would: one stream where text follows text. */
export class JournalRun {
  state: JournaledRun['state'] = 'queued';
  executionCount: number | null = null;
  bytes = 0;
  private readonly kept: Kept[] = [];
  private clears = false;
  private isSaved = false;
  private omittedBytes = 0;

  constructor(
    readonly requestId: string,
    readonly cellId: string,
    /** Of the front end that has begun it. */
    readonly session: string,
    private readonly mostBytes: number,
  ) {}

  add(type: string, content: JsonObject): void {
    if (type === 'clear_output') {
      if (content['wait'] === true) this.clears = true;
      else this.clearAll();
      return;
    }
    if (this.clears) this.clearAll();
    if (type === 'stream' && this.append(content)) return;
    this.keep({ type, content });
  }

  /** Replaces the outputs that were shown with this id. */
  update(displayId: unknown, content: JsonObject): void {
    if (displayId === undefined) return;
    for (const kept of this.kept) {
      const { transient } = kept.output.content as { readonly transient?: JsonObject };
      if (transient?.['display_id'] !== displayId) continue;
      kept.output = { type: kept.output.type, content: { ...kept.output.content, ...content } };
      this.resize(kept);
    }
    this.shrink();
  }

  /** A file has all of this: only what a timer or a promise shows later is wanted. */
  save(): void {
    const { clears } = this;
    this.clear();
    this.clears = clears;
    this.isSaved = true;
  }

  toJSON(): JournaledRun {
    const { cellId, requestId, executionCount, state, omittedBytes, isSaved } = this;
    const outputs = this.kept.map(({ output }) => output);
    // A clear that waits for the next output still waits for whoever reads this.
    if (this.clears) outputs.push({ type: 'clear_output', content: { wait: true } });
    return { cellId, requestId, executionCount, state, outputs, omittedBytes, isSaved };
  }

  /** What a file has of it is not wanted any more either. */
  private clearAll(): void {
    this.clear();
    this.isSaved = false;
  }

  private clear(): void {
    this.kept.length = 0;
    this.bytes = 0;
    this.omittedBytes = 0;
    this.clears = false;
  }

  private append({ name, text }: JsonObject): boolean {
    const last = this.kept.at(-1);
    if (last?.output.type !== 'stream' || last.output.content['name'] !== name) return false;
    const whole = String(last.output.content['text']) + String(text);
    // Text is cut here alone, and not with each line that comes.
    const kept = whole.length > this.mostBytes ? endOf(whole, this.mostBytes / 2) : whole;
    this.omittedBytes += whole.length - kept.length;
    last.output = { type: 'stream', content: { name, text: kept } };
    this.bytes += kept.length - last.bytes;
    last.bytes = kept.length;
    this.shrink();
    return true;
  }

  private keep(output: JournaledOutput): void {
    const kept = { output, bytes: 0 };
    this.kept.push(kept);
    this.resize(kept);
    this.shrink();
  }

  private resize(kept: Kept): void {
    this.bytes -= kept.bytes;
    kept.bytes = JSON.stringify(kept.output.content).length;
    this.bytes += kept.bytes;
  }

  /** The newest output stays, whatever its size. */
  private shrink(): void {
    while (this.bytes > this.mostBytes && this.kept.length > 1) {
      const bytes = this.kept.shift()?.bytes ?? 0;
      this.bytes -= bytes;
      this.omittedBytes += bytes;
    }
  }
}
