import { HalfnoteError, nearest } from '../../errors';
import type { JsonObject } from '../protocol/message';
import { isJsonObject } from '../protocol/fields';

/** Answers one method of `Host.call`; the caller's request is known by its id. */
export type CallHandler = (requestId: string, params: JsonObject) => unknown;

type Fallback = (requestId: string, method: string, params: unknown) => Promise<unknown>;

/** The calls that the library may make from the cell process, each answered by its owner. */
export class Calls {
  private readonly handlers = new Map<string, CallHandler>();

  /** `fallback` answers every method that is not added. */
  constructor(private readonly fallback: Fallback | undefined) {}

  add(methods: Readonly<Record<string, CallHandler>>): void {
    for (const [name, handler] of Object.entries(methods)) this.handlers.set(name, handler);
  }

  /** Rejects for a method that is unknown or fails. */
  async answer(requestId: string, method: string, params: unknown): Promise<unknown> {
    const handler = this.handlers.get(method);
    if (handler !== undefined) return handler(requestId, isJsonObject(params) ? params : {});
    if (this.fallback !== undefined) return this.fallback(requestId, method, params);
    throw this.unknown(method);
  }

  private unknown(method: string): HalfnoteError {
    const names = [...this.handlers.keys()];
    return new HalfnoteError(
      'unknown-call',
      `The kernel answers no "${method}" here.`,
      `It answers ${nearest(method, names).concat(names).slice(0, names.length).join(', ')}.`,
    );
  }
}
