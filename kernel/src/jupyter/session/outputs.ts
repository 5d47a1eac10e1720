import type { CellOutput } from '../../runtime/contract';
import { clearMessage, displayMessage, resultMessage, streamMessage } from '../protocol/output';
import type { OutputMessage } from '../protocol/output';
import type { Header, Outbox } from '../protocol/message';
import type { Payloads } from './payloads';

/** What an output must know of the request it belongs to. */
export interface RequestContext {
  readonly header: Header;
  readonly executionCount: number;
  readonly silent: boolean;
}

/** A timer of an older cell than this many finds its output under the newest cell instead. */
const REMEMBERED = 10_000;

/** Turns what cells send into messages that name the right parent, however late they come. */
export class Outputs {
  private readonly contexts = new Map<string, RequestContext>();
  private newest: RequestContext | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly payloads: Payloads,
    private readonly onResult: (executionCount: number, text: string) => void,
  ) {}

  /** From now on, outputs of this request have a parent. */
  open(context: RequestContext): void {
    this.newest = context;
    this.remember(context);
  }

  /** As `open`, for a message that runs no cell: a comm's. */
  remember(context: RequestContext): void {
    this.contexts.set(context.header.msg_id, context);
    if (this.contexts.size <= REMEMBERED) return;
    const [oldest] = this.contexts.keys();
    if (oldest !== undefined) this.contexts.delete(oldest);
  }

  /** The parent of what this request's code sends. */
  headerOf(requestId: string): Header | undefined {
    return this.contextOf(requestId)?.header;
  }

  emit(requestId: string, output: CellOutput): void {
    switch (output.kind) {
      case 'stream':
        this.publish(requestId, streamMessage(output.name, output.text));
        break;
      case 'display':
        this.publish(requestId, displayMessage(output.output));
        break;
      case 'clear':
        this.publish(requestId, clearMessage(output.wait));
        break;
      case 'next-input':
        this.payloads.add(requestId, {
          source: 'set_next_input',
          text: output.text,
          replace: output.replace,
        });
        break;
      case 'result':
        this.emitResult(requestId, output);
    }
  }

  /** Publishes any message of a request that isn't silent. */
  publish(requestId: string, message: OutputMessage): void {
    const context = this.contextOf(requestId);
    if (context?.silent === true) return;
    this.outbox.publish({ ...message, parent: context?.header });
  }

  private emitResult(requestId: string, output: Extract<CellOutput, { kind: 'result' }>): void {
    const count = this.contextOf(requestId)?.executionCount ?? 0;
    this.publish(requestId, resultMessage(output, count));
    const text = output.data['text/plain'];
    if (typeof text === 'string') this.onResult(count, text);
  }

  private contextOf(requestId: string): RequestContext | undefined {
    return this.contexts.get(requestId) ?? this.newest;
  }
}
