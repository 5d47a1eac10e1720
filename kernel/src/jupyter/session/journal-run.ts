import type { JournaledOutput, JournaledRun, SavedOutputs } from '../../payloads/comms';
import { endOf } from '../../runtime/code-points';
import type { JsonObject } from '../protocol/message';

/** An output that is kept, and what it takes. */
interface Kept {
  output: JournaledOutput;
  bytes: number;
}

const NONE: JournaledOutput = { type: '', content: {} };

/** The outputs of one run, put together as a front end would: one stream where text follows text. */
export class JournalRun {
  state: JournaledRun['state'] = 'queued';
  executionCount: number | null = null;
  bytes = 0;
  private readonly kept: Kept[] = [];
  private clears = false;
  private saved: SavedOutputs | null = null;
  /** The last output that a file has: text of the same stream goes on in it. */
  private lastSaved: JournaledOutput | undefined;
  /** What became of displays that a file has, by their id. */
  private readonly updates = new Map<string, Kept>();
  /** Outputs before those that are kept, which a page that was there has. */
  private omitted = 0;
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
    if (typeof displayId !== 'string') return;
    if (this.saved?.displays.some(({ id }) => id === displayId) === true) {
      const kept = this.updates.get(displayId) ?? { output: NONE, bytes: 0 };
      const transient = { display_id: displayId };
      kept.output = { type: 'update_display_data', content: { ...content, transient } };
      this.updates.set(displayId, kept);
      this.resize(kept);
    }
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
    const { clears, kept, lastSaved } = this;
    const start = this.countOf();
    const displays = kept.flatMap(({ output }, index) => {
      const id = displayOf(output);
      return id === undefined ? [] : [{ id, place: start + index }];
    });
    const saved = {
      count: start + kept.length,
      displays: [...(this.saved?.displays ?? []), ...displays],
    };
    const last = kept.at(-1)?.output ?? lastSaved;
    this.clear();
    this.clears = clears;
    this.saved = saved;
    this.lastSaved = last && { type: last.type, content: { name: last.content['name'] } };
  }

  toJSON(): JournaledRun {
    const { cellId, requestId, executionCount, state, omittedBytes, saved } = this;
    const outputs = [...this.updates.values(), ...this.kept].map(({ output }) => output);
    // A clear that waits for the next output still waits for whoever reads this.
    if (this.clears) outputs.push({ type: 'clear_output', content: { wait: true } });
    return { cellId, requestId, executionCount, state, outputs, omittedBytes, saved };
  }

  /** Outputs of a page that was there all the time, before those that are kept. */
  private countOf(): number {
    const { saved, lastSaved, kept, omitted } = this;
    const [first] = kept;
    const goesOn =
      omitted === 0 &&
      first?.output.type === 'stream' &&
      lastSaved?.type === 'stream' &&
      first.output.content['name'] === lastSaved.content['name'];
    return (saved?.count ?? 0) + omitted - (goesOn ? 1 : 0);
  }

  /** What a file has of it is not wanted any more either. */
  private clearAll(): void {
    this.clear();
    this.saved = null;
    this.lastSaved = undefined;
  }

  private clear(): void {
    this.kept.length = 0;
    this.updates.clear();
    this.omitted = 0;
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
      this.omitted++;
    }
  }
}

function displayOf({ content }: JournaledOutput): string | undefined {
  const { display_id: id } = (content['transient'] ?? {}) as { readonly display_id?: unknown };
  return typeof id === 'string' ? id : undefined;
}
