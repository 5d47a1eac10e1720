import { randomUUID } from 'node:crypto';
import { Dealer, Subscriber } from 'zeromq';
import { HalfnoteError } from '../../errors';
import { addressOf } from '../../jupyter/transport/connection';
import { Signer } from '../../jupyter/transport/signature';
import { decode, Encoder } from '../../jupyter/transport/wire';
import type { Json } from './json';
import {
  startProcess,
  type KernelProcess,
  type KernelSpec,
  type StartOptions,
} from './kernel-process';
import type { RunEnergy } from '../../sweep/run-energy';
import type { OutputMessage } from './outputs';

const START_MS = 60_000;
const SHUTDOWN_MS = 5_000;
/** A subscription takes a moment; until then, what the kernel publishes is lost. */
const ASK_AGAIN_MS = 500;

interface Pending {
  readonly onOutput: (message: OutputMessage) => void;
  readonly resolve: (reply: Json) => void;
  readonly reject: (error: Error) => void;
  reply?: Json;
  isIdle: boolean;
}

/** A front end without a face: starts a kernel and runs code in it. */
export class KernelClient {
  private readonly shell = new Dealer({ linger: 0 });
  private readonly control = new Dealer({ linger: 0 });
  private readonly iopub = new Subscriber({ linger: 0 });
  private readonly signer: Signer;
  private readonly encoder: Encoder;
  private readonly pending = new Map<string, Pending>();
  private readonly ended: Promise<void>;
  private death: HalfnoteError | undefined;
  /** The reply to `kernel_info_request`. */
  info: Json = {};

  private constructor(
    private readonly kernel: KernelProcess,
    private readonly spec: KernelSpec,
  ) {
    const { connection, child } = kernel;
    this.signer = new Signer(connection.key, connection.hash);
    this.encoder = new Encoder(this.signer);
    this.shell.connect(addressOf(connection, 'shell'));
    this.control.connect(addressOf(connection, 'control'));
    this.iopub.connect(addressOf(connection, 'iopub'));
    this.iopub.subscribe();
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.die(`The kernel ended with ${signal ?? `code ${String(code)}`}`);
        resolve();
      });
      child.once('error', (error) => {
        this.die(`The kernel can't be started: ${error.message}`);
        resolve();
      });
    });
    for (const socket of [this.shell, this.iopub]) void this.receive(socket);
  }

  /** Resolves once the kernel answers on all channels. Rejects with `kernel-died`. */
  static async start(
    spec: KernelSpec,
    cwd: string,
    options: StartOptions = {},
  ): Promise<KernelClient> {
    const client = new KernelClient(await startProcess(spec, cwd, options), spec);
    try {
      await client.waitUntilReady();
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** Runs code; resolves with the reply when all its outputs are there. */
  execute(code: string, onOutput: (message: OutputMessage) => void): Promise<Json> {
    return this.request('execute_request', { code, allow_stdin: false }, onOutput);
  }

  /** What the session has used so far; null where the kernel measures nothing, or isn't ours. */
  async energy(): Promise<RunEnergy | null> {
    if (!this.isOurs) return null;
    const { readEnergy } = await import('../../sweep/run-energy.js');
    return readEnergy(await this.request('halfnote_energy_request', {}, () => undefined));
  }

  /**
   * A fresh cell process in the same kernel, whose language stays warm; all else is as after a restart. Rejects
   * with `kernel-died`.
   */
  async renew(): Promise<void> {
    // What earlier requests still put out is nobody's.
    this.pending.clear();
    const reply = await this.request('halfnote_renew_request', {}, () => undefined);
    this.pending.clear();
    if (reply['status'] !== 'ok')
      throw new HalfnoteError(
        'kernel-died',
        `The kernel can't be renewed: ${String(reply['evalue'])}`,
      );
  }

  /** Our own kernel, which answers our own requests. */
  private get isOurs(): boolean {
    return this.info['implementation'] === 'halfnote';
  }

  /** False once it has ended, or is about to. */
  get isAlive(): boolean {
    return this.death === undefined;
  }

  /** The kernel's process. */
  get pid(): number | undefined {
    return this.kernel.child.pid;
  }

  /** Ends it at once; its cells end with it. */
  kill(): void {
    this.kernel.child.kill('SIGKILL');
  }

  interrupt(): void {
    if (this.spec.interruptsBySignal) this.kernel.child.kill('SIGINT');
    else this.sendControl('interrupt_request', {});
  }

  /** Asks the kernel to end, and ends it if it doesn't. */
  async close(): Promise<void> {
    const { child } = this.kernel;
    if (!this.death) {
      this.death = new HalfnoteError('kernel-died', 'The kernel was shut down');
      this.sendControl('shutdown_request', { restart: false });
      const kill = setTimeout(() => child.kill('SIGKILL'), SHUTDOWN_MS);
      await this.ended;
      clearTimeout(kill);
    }
    for (const socket of [this.shell, this.control, this.iopub]) socket.close();
    this.kernel.cleanUp();
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const asked = this.request('kernel_info_request', {}, () => undefined);
      const late = new Promise<undefined>((resolve) => {
        setTimeout(() => {
          resolve(undefined);
        }, ASK_AGAIN_MS);
      });
      // Answered only when idle was seen too: then nothing of what follows is missed.
      const info = await Promise.race([asked, late]);
      if (info) {
        this.info = info;
        this.pending.clear();
        return;
      }
      asked.catch(() => undefined);
    }
    throw new HalfnoteError('kernel-died', `The kernel didn't answer within ${START_MS / 1000} s`);
  }

  private request(
    type: string,
    content: Json,
    onOutput: (message: OutputMessage) => void,
  ): Promise<Json> {
    if (this.death) return Promise.reject(this.death);
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      this.pending.set(id, { onOutput, resolve, reject, isIdle: false });
      this.shell
        .send(this.encoder.encode([], { type, content, parent: undefined }, id) as Buffer[])
        .catch(reject);
    });
  }

  private sendControl(type: string, content: Json): void {
    const frames = this.encoder.encode([], { type, content, parent: undefined }) as Buffer[];
    this.control.send(frames).catch(() => undefined);
  }

  private async receive(socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      const message = decode(frames, 'shell', this.signer);
      if (typeof message !== 'string') this.take(message);
    }
  }

  private take(message: Exclude<ReturnType<typeof decode>, string>): void {
    const { header, parentHeader, content } = message;
    const id = parentHeader['msg_id'];
    const pending = typeof id === 'string' ? this.pending.get(id) : undefined;
    if (!pending) return;
    if (header.msg_type.endsWith('_reply')) pending.reply = content;
    else if (header.msg_type === 'status') pending.isIdle ||= content['execution_state'] === 'idle';
    else pending.onOutput({ type: header.msg_type, content });
    if (pending.reply && pending.isIdle) pending.resolve(pending.reply);
  }

  private die(reason: string): void {
    this.death ??= new HalfnoteError('kernel-died', reason);
    for (const { reject } of this.pending.values()) reject(this.death);
  }
}
