import { KernelMessage, type Kernel } from '@jupyterlab/services';

/** What {@link SecondComm} and JupyterLab's own comms have in common. */
export interface PlainComm extends Pick<Kernel.IComm, 'commId' | 'isDisposed' | 'dispose'> {
  onMsg: Kernel.IComm['onMsg'];
  onClose: Kernel.IComm['onClose'];
  open(data: never): unknown;
  send(data: never): unknown;
  close(): unknown;
}

/**
 * A comm over a connection that is the page's second one with its kernel, as where two notebooks share it.
 * JupyterLab leaves comms to the first, since a second would close all those that the kernel opens.
 */
export class SecondComm implements PlainComm {
  readonly commId: string;
  isDisposed = false;
  onMsg: PlainComm['onMsg'] = () => undefined;
  onClose: PlainComm['onClose'] = () => undefined;
  readonly #kernel: Kernel.IKernelConnection;
  readonly #target: string;

  constructor(kernel: Kernel.IKernelConnection, target: string) {
    this.#kernel = kernel;
    this.#target = target;
    this.commId = crypto.randomUUID();
    kernel.iopubMessage.connect(this.#receive, this);
  }

  open(data: never): void {
    this.#post('comm_open', { target_name: this.#target, data });
  }

  send(data: never): void {
    this.#post('comm_msg', { data });
  }

  close(): void {
    this.#post('comm_close', { data: {} });
    this.dispose();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.#kernel.iopubMessage.disconnect(this.#receive, this);
  }

  #receive(_: unknown, message: KernelMessage.IIOPubMessage): void {
    if (KernelMessage.isCommMsgMsg(message) && message.content.comm_id === this.commId) {
      void this.onMsg(message);
    } else if (KernelMessage.isCommCloseMsg(message) && message.content.comm_id === this.commId) {
      this.dispose();
      void this.onClose(message);
    }
  }

  #post(msgType: 'comm_open' | 'comm_msg' | 'comm_close', content: object): void {
    const { clientId: session, username } = this.#kernel;
    const message = KernelMessage.createMessage<KernelMessage.ICommMsgMsg<'shell'>>({
      // Of the three, whose contents differ, one stands for all.
      msgType: msgType as 'comm_msg',
      channel: 'shell',
      session,
      username,
      content: { comm_id: this.commId, ...content } as KernelMessage.ICommMsgMsg['content'],
    });
    this.#kernel.sendShellMessage(message, false, true);
  }
}
