import { Session } from 'node:inspector';
import { CLOSE_INSPECTOR } from '../inspector-messages';

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params?: object;
}

/**
 * Connects a debugger in the kernel process with the main thread's inspector, as messages of the Chrome
 * DevTools Protocol. It lives in another thread, which goes on while the main thread stands at a
 * breakpoint. No port is opened, which other users of the machine could come in by; and without a
 * message nothing is attached.
 */
export class InspectorRelay {
  private session: Session | undefined;

  constructor(private readonly speak: (line: string) => void) {}

  hear(line: string): void {
    if (line === CLOSE_INSPECTOR) {
      this.close();
      return;
    }
    const { id, method, params } = JSON.parse(line) as Request;
    this.session ??= this.open();
    this.session.post(method, params, (error, result) => {
      // Inspector's errors are no instances of Error everywhere.
      const failed = error as { readonly message?: string } | null;
      this.say(failed ? { id, error: { message: failed.message ?? 'it failed' } } : { id, result });
    });
  }

  private open(): Session {
    const session = new Session();
    session.connectToMainThread();
    session.on('inspectorNotification', (message) => {
      // A process that ends would wait for this session's end first.
      if (message.method === 'NodeRuntime.waitingForDisconnect') this.close();
      else this.say(message);
    });
    session.post('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
    return session;
  }

  /** What stood at a breakpoint goes on. */
  private close(): void {
    this.session?.disconnect();
    this.session = undefined;
  }

  private say(message: object): void {
    this.speak(`${JSON.stringify(message)}\n`);
  }
}
