import type { Runtime, RuntimeEvents } from '../../runtime/contract';
import type { RuntimeFactory } from './ports';

/** The runtime, made when it is first needed: loading TypeScript must not delay `kernel_info`. */
export class RuntimeSlot {
  private making: Promise<Runtime> | undefined;
  /** Once it is there. */
  made: Runtime | undefined;

  constructor(
    private readonly create: RuntimeFactory,
    private readonly events: RuntimeEvents,
  ) {}

  /** Rejects when it can't be made; the next call tries again. */
  get(): Promise<Runtime> {
    this.making ??= this.make();
    return this.making;
  }

  /** Starts making it without anybody waiting; whoever needs it will see an error. */
  warmUp(): void {
    this.get().catch(() => undefined);
  }

  /** Ends the cell process, also when it is only just starting. */
  async close(): Promise<void> {
    const runtime = await this.making?.catch(() => undefined);
    await runtime?.close();
  }

  private async make(): Promise<Runtime> {
    try {
      return (this.made = await this.create(this.events));
    } catch (error) {
      this.making = undefined;
      throw error;
    }
  }
}
