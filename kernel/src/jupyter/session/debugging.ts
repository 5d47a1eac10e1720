import { Debugger } from '../debugger/debugger';
import type { Header, JsonObject, Outbox, Request } from '../protocol/message';
import type { Macros } from './ports';
import type { RuntimeSlot } from './runtime-slot';

/** The debugger in a session: its requests come on the control channel, its events go to all front ends. */
export class Debugging {
  private readonly debugger: Debugger;
  /** What events belong to: the last request. */
  private parent: Header | undefined;

  constructor(outbox: Outbox, runtime: RuntimeSlot, macros: Macros) {
    this.debugger = new Debugger({
      runtime: () => runtime.get(),
      expand: (code) => {
        const expansion = macros.expand(code);
        return expansion.ok ? expansion : undefined;
      },
      publish: (content) => {
        outbox.publish({ type: 'debug_event', content, parent: this.parent });
      },
    });
  }

  /** The content of the reply. */
  handle(request: Request): Promise<JsonObject> {
    this.parent = request.header;
    return this.debugger.handle(request.content);
  }
}
