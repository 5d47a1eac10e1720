import { unknownCall } from '../../errors';
import { isJsonObject } from '../protocol/fields';
import type { JsonObject } from '../protocol/message';
import type { CellEnergy } from './ports';

/** Answers one method of `Host.call`; the caller's request is known by its id. */
export type CallHandler = (requestId: string, params: JsonObject) => unknown;

/** The calls that the library may make from the cell process, each answered by its owner. */
export class Calls {
  private readonly handlers = new Map<string, CallHandler>();

  constructor(private readonly energy: Pick<CellEnergy, 'methods' | 'handle'> | undefined) {}

  add(methods: Readonly<Record<string, CallHandler>>): void {
    for (const [name, handler] of Object.entries(methods)) this.handlers.set(name, handler);
  }

  /** Rejects for a method that is unknown or fails. */
  async answer(requestId: string, method: string, params: unknown): Promise<unknown> {
    const handler = this.handlers.get(method);
    if (handler !== undefined) return handler(requestId, isJsonObject(params) ? params : {});
    const { energy } = this;
    if (energy?.methods.includes(method)) return energy.handle(requestId, method, params);
    throw unknownCall(method, [...this.handlers.keys(), ...(energy?.methods ?? [])]);
  }
}
