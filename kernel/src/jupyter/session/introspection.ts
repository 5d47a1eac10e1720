import type { Completion } from '../../runtime/contract';
import { parseComplete, parseInspect, parseIsComplete } from '../protocol/introspection';
import type { CompleteReply, InspectReply, IsCompleteReply } from '../protocol/introspection';
import type { JsonObject } from '../protocol/message';
import { sameSpot, toCodePoints, toCodeUnits } from './cursor';
import type { Macros } from './ports';
import type { RuntimeSlot } from './runtimeSlot';

/** Answers what an editor asks while a user types. Never waits for a running cell. */
export class Introspection {
  constructor(
    private readonly macros: Macros,
    private readonly runtime: RuntimeSlot,
  ) {}

  async complete(content: JsonObject): Promise<CompleteReply> {
    const { code, cursor } = parseComplete(content);
    const offset = toCodeUnits(code, cursor);
    const completion =
      this.macros.complete(code, offset) ??
      (await this.completeTypeScript(code, offset)) ??
      nothing(offset);
    const start = toCodePoints(code, completion.start);
    const end = toCodePoints(code, completion.end);
    const typed = completion.matches.map((text, i) => ({
      start,
      end,
      text,
      type: completion.types[i] ?? '',
    }));
    return {
      status: 'ok',
      matches: completion.matches,
      cursor_start: start,
      cursor_end: end,
      metadata: { _jupyter_types_experimental: typed },
    };
  }

  async inspect(content: JsonObject): Promise<InspectReply> {
    const { code, cursor, detail } = parseInspect(content);
    const offset = toCodeUnits(code, cursor);
    const data =
      this.macros.inspect(code, offset) ?? (await this.inspectTypeScript(code, offset, detail));
    return { status: 'ok', found: data !== undefined, data: data ?? {}, metadata: {} };
  }

  async isComplete(content: JsonObject): Promise<IsCompleteReply> {
    const { code } = parseIsComplete(content);
    let expanded: string;
    try {
      expanded = this.macros.expand(code);
    } catch {
      // A wrong magic is whole: running it shows the error.
      return { status: 'complete' };
    }
    return (await this.runtime.get()).isComplete(expanded);
  }

  private async completeTypeScript(code: string, offset: number): Promise<Completion | undefined> {
    const expanded = this.expandAround(code);
    const spot = sameSpot(code, expanded, offset);
    if (spot === undefined) return undefined;
    const found = await (await this.runtime.get()).complete(expanded, spot);
    const shift = offset - spot;
    return { ...found, start: found.start + shift, end: found.end + shift };
  }

  private async inspectTypeScript(code: string, offset: number, detail: 0 | 1) {
    const expanded = this.expandAround(code);
    const spot = sameSpot(code, expanded, offset);
    return spot === undefined
      ? undefined
      : (await this.runtime.get()).inspect(expanded, spot, detail);
  }

  /** While a user types, a magic may be half written: then the code is taken as it is. */
  private expandAround(code: string): string {
    try {
      return this.macros.expand(code);
    } catch {
      return code;
    }
  }
}

function nothing(offset: number): Completion {
  return { matches: [], types: [], start: offset, end: offset };
}
