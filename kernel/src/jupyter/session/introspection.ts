import type { MimeBundle } from '../../host';
import type { Completion } from '../../runtime/contract';
import { parseComplete, parseInspect, parseIsComplete } from '../protocol/introspection';
import type { CompleteReply, InspectReply, IsCompleteReply } from '../protocol/introspection';
import type { JsonObject } from '../protocol/message';
import { toCodePoints, toCodeUnits } from './cursor';
import { helpAsked } from './help-asked';
import type { Macros } from './ports';
import type { RuntimeSlot } from './runtime-slot';

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
    if (helpAsked(code) !== undefined) return { status: 'complete' };
    const expansion = this.macros.expand(code);
    // A wrong magic is whole: running it shows the error.
    if (!expansion.ok) {
      return expansion.error.isIncomplete ? INCOMPLETE : { status: 'complete' };
    }
    return expansion.lacksBody ? INCOMPLETE : (await this.runtime.get()).isComplete(expansion.code);
  }

  private async completeTypeScript(code: string, cursor: number): Promise<Completion | undefined> {
    const view = this.macros.view(code, cursor);
    if (view.offset === undefined) return undefined;
    const found = await (await this.runtime.get()).complete(view.code, view.offset);
    // What is replaced stands on the cursor's line, in the user's own text.
    const shift = cursor - view.offset;
    return {
      ...found,
      start: view.toSource(found.start) ?? found.start + shift,
      end: view.toSource(found.end) ?? found.end + shift,
    };
  }

  private async inspectTypeScript(
    code: string,
    cursor: number,
    detail: 0 | 1,
  ): Promise<MimeBundle | undefined> {
    const view = this.macros.view(code, cursor);
    if (view.offset === undefined) return undefined;
    return (await this.runtime.get()).inspect(view.code, view.offset, detail, view.start);
  }
}

const INCOMPLETE: IsCompleteReply = { status: 'incomplete', indent: '' };

function nothing(offset: number): Completion {
  return { matches: [], types: [], start: offset, end: offset };
}
