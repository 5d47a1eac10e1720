import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { SecondComm, type PlainComm } from './second-comm';

/** A kernel that is only just starting loses what it is sent; it is asked after this whether it has. */
const AGAIN_MS = 2000;

/** A kernel that has the comm may have much to say before; its answer is taken for lost after this, at first. */
const PATIENCE_MS = 8000;

/** JSON that goes to the kernel or comes from there. */
export type Data = Readonly<Record<string, unknown>>;

interface Listener {
  /** `isOurs`: the kernel is Halfnote's. What was known of the one before doesn't hold any more. */
  lost(isOurs: boolean): void;
  message(data: unknown): void;
}

/**
 * A comm with the notebook's kernel, opened again after each restart, change of kernel and loss of
 * connection. A kernel that isn't Halfnote's gets none.
 */
export class KernelComm {
  readonly #context: ISessionContext;
  readonly #target: string;
  readonly #listener: Listener;
  readonly #opening: () => Data;
  #comm: PlainComm | undefined;
  #isHeard = false;
  /** The listener knows that the kernel is ours. */
  #isShown = false;
  #isDisposed = false;
  #timer: number | undefined;
  #openedMs = 0;
  #patienceMs = PATIENCE_MS;

  /** `opening`: what the kernel is told with each comm that is opened. */
  constructor(
    context: ISessionContext,
    target: string,
    listener: Listener,
    opening: () => Data = () => ({}),
  ) {
    this.#context = context;
    this.#target = target;
    this.#listener = listener;
    this.#opening = opening;
    context.kernelChanged.connect(this.#onKernel, this);
    context.statusChanged.connect(this.#onStatus, this);
    context.connectionStatusChanged.connect(this.#onConnection, this);
    void context.ready.then(() => {
      this.#open();
    });
  }

  /** Does nothing while there is no kernel to hear it. */
  send(data: Data): void {
    if (this.#comm?.isDisposed === false) this.#comm.send(data as never);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#context.kernelChanged.disconnect(this.#onKernel, this);
    this.#context.statusChanged.disconnect(this.#onStatus, this);
    this.#context.connectionStatusChanged.disconnect(this.#onConnection, this);
    this.#drop(true);
  }

  #onKernel(): void {
    this.#lose(false);
    this.#open();
  }

  #onStatus(_: unknown, status: Kernel.Status): void {
    // A kernel that starts knows nothing of the comms of the one before.
    if (['restarting', 'autorestarting', 'starting', 'dead'].includes(status)) this.#lose(true);
    if (status === 'starting') this.#open();
  }

  #onConnection(_: unknown, status: Kernel.ConnectionStatus): void {
    if (status === 'connected') this.#open();
    else this.#lose(true);
  }

  #lose(isOurs: boolean): void {
    this.#drop(false);
    if (this.#isShown) this.#listener.lost(isOurs);
    this.#isShown &&= isOurs;
  }

  #open(): void {
    const kernel = this.#context.session?.kernel;
    if (this.#comm !== undefined || this.#isDisposed) return;
    if (kernel !== null && kernel !== undefined) void this.#connect(kernel).catch(() => undefined);
  }

  async #connect(kernel: Kernel.IKernelConnection): Promise<void> {
    const { implementation } = await kernel.info;
    const isCurrent = !this.#isDisposed && this.#context.session?.kernel === kernel;
    // It may have been opened meanwhile.
    if (!isCurrent || kernel.isDisposed || this.#comm !== undefined) return;
    if (implementation !== 'halfnote') return;
    if (!this.#isShown) this.#listener.lost(true);
    this.#isShown = true;
    const comm: PlainComm = kernel.handleComms
      ? kernel.createComm(this.#target)
      : new SecondComm(kernel, this.#target);
    this.#comm = comm;
    comm.onMsg = ({ content }) => {
      if (this.#comm !== comm) return;
      this.#isHeard = true;
      this.#patienceMs = PATIENCE_MS;
      this.#listener.message(content.data);
    };
    comm.onClose = () => {
      if (this.#comm !== comm) return;
      this.#lose(true);
      this.#again();
    };
    comm.open(this.#opening() as never);
    this.#openedMs = Date.now();
    this.#again();
  }

  #again(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      if (!this.#isHeard) void this.#ask().catch(() => undefined);
    }, AGAIN_MS);
  }

  /** Opens another comm where the kernel has none, or seems to have told this one in vain. */
  async #ask(): Promise<void> {
    const comm = this.#comm;
    const { kernel } = this.#context.session ?? {};
    if (comm !== undefined && kernel !== null && kernel !== undefined) {
      // The question may be lost as well.
      this.#again();
      const { content } = await kernel.requestCommInfo({ target_name: this.#target });
      if (this.#comm !== comm || this.#isHeard) return;
      if (content.status === 'ok' && Object.hasOwn(content.comms, comm.commId)) {
        if (Date.now() - this.#openedMs < this.#patienceMs) return;
        this.#patienceMs *= 2;
      }
      this.#drop(true);
    }
    this.#open();
  }

  /** `tells`: the kernel is there to be told. */
  #drop(tells: boolean): void {
    clearTimeout(this.#timer);
    const comm = this.#comm;
    this.#comm = undefined;
    this.#isHeard = false;
    if (comm === undefined || comm.isDisposed) return;
    const { kernel } = this.#context.session ?? {};
    if (tells && kernel?.connectionStatus === 'connected') comm.close();
    else comm.dispose();
  }
}
