import { Session } from 'node:inspector';
import { CLOSE_INSPECTOR, SCRIPT_URL } from '../inspector-messages';

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params?: object;
}

interface Paused {
  readonly reason: string;
  readonly data?: { readonly sourceMapURL?: string };
}

/**
 * Connects a debugger in the kernel process with the main thread's inspector, as messages of the Chrome
 * DevTools Protocol. It lives in another thread, which goes on while the main thread stands at a
 * breakpoint. No port is opened, which other users of the machine could come in by; and without a
 * message nothing is attached.
 */
export class InspectorRelay {
  private session: Session | undefined;
  /** Whether the main thread stands still. */
  isPaused = false;
  private isLetGo = false;
  private isStepping = false;
  /** Whether the main thread is about to go on from where nobody was told that it stopped. */
  private isPassing = false;

  constructor(private readonly speak: (line: string) => void) {}

  hear(line: string): void {
    if (line === CLOSE_INSPECTOR) {
      this.close();
      return;
    }
    const { id, method, params } = JSON.parse(line) as Request;
    this.session ??= this.open();
    if (method === 'Debugger.resume') this.isStepping = false;
    else if (method.startsWith('Debugger.step')) this.isStepping = true;
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
      if (this.isForeign(message)) return;
      if (message.method === 'Debugger.paused') this.isPaused = true;
      else if (message.method === 'Debugger.resumed') this.isPaused = false;
      if (message.method === 'NodeRuntime.waitingForDisconnect') this.close();
      else this.say(message);
    });
    session.post('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
    return session;
  }

  /**
   * Whether V8 says that it has stopped before a script which isn't the user's, as it does for each with a
   * source map: libraries have hundreds. That goes on from here, and is told to nobody.
   */
  private isForeign({
    method,
    params,
  }: {
    readonly method: string;
    readonly params?: unknown;
  }): boolean {
    if (method === 'Debugger.resumed' && this.isPassing) {
      this.isPassing = false;
      return true;
    }
    if (method !== 'Debugger.paused') return false;
    const { reason, data } = params as Paused;
    if (reason === 'instrumentation') {
      if (data?.sourceMapURL === SCRIPT_URL) return false;
      this.isPassing = true;
      // A step goes on where the script was loaded from.
      this.session?.post(this.isStepping ? 'Debugger.stepOut' : 'Debugger.resume');
      return true;
    }
    this.isStepping = false;
    return false;
  }

  /** Lets the main thread go on, past all breakpoints until {@link stopAgain}. */
  letGo(): void {
    this.isLetGo = true;
    this.session?.post('Debugger.setBreakpointsActive', { active: false });
    this.session?.post('Debugger.resume');
  }

  stopAgain(): void {
    if (!this.isLetGo) return;
    this.isLetGo = false;
    this.session?.post('Debugger.setBreakpointsActive', { active: true });
  }

  /** What stood at a breakpoint goes on. */
  private close(): void {
    this.session?.disconnect();
    this.session = undefined;
    this.isPaused = this.isPassing = this.isStepping = false;
  }

  private say(message: object): void {
    this.speak(`${JSON.stringify(message)}\n`);
  }
}
