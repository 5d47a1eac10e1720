import type { Debugger } from '../debugger/debugger';
import type { Header, JsonObject, Outbox, Request } from '../protocol/message';
import type { Macros } from './ports';
import type { RuntimeSlot } from './runtime-slot';

/**
 * The debugger in a session: its requests come on the control channel, its events go to all front ends. It is
 * loaded with the first of them.
 */
export class Debugging {
  private made: Promise<Debugger> | undefined;
  /** What events belong to: the last request. */
  private parent: Header | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly runtime: RuntimeSlot,
    private readonly macros: Macros,
  ) {}

  /** The content of the reply. */
  async handle(request: Request): Promise<JsonObject> {
    this.parent = request.header;
    this.made ??= this.make();
    return (await this.made).handle(request.content);
  }

  private async make(): Promise<Debugger> {
    const { Debugger } = await import('../debugger/debugger.js');
    return new Debugger({
      runtime: () => this.runtime.get(),
      expand: (code) => {
        const expansion = this.macros.expand(code);
        return expansion.ok ? expansion : undefined;
      },
      publish: (content) => {
        this.outbox.publish({ type: 'debug_event', content, parent: this.parent });
      },
    });
  }
}
