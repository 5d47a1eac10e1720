import { setImmediate } from 'node:timers/promises';
import { Router, XPublisher } from 'zeromq';
import type { Broadcast, Channel, Outbox, Reply, Request } from '../protocol/message';
import { addressOf } from './connection';
import type { Connection } from './connection';
import { incoming } from './incoming';
import { Signer } from './signature';
import { decode, Encoder } from './wire';

/** Messages that were not processed, by reason, since the kernel started. */
export interface Dropped {
  malformed: number;
  unsigned: number;
  /** Replies and broadcasts that ZeroMQ refused. */
  unsent: number;
}

/** The five sockets of a kernel. Frames in and out; knows nothing of what messages mean. */
export class Sockets implements Outbox {
  readonly dropped: Dropped = { malformed: 0, unsigned: 0, unsent: 0 };
  private readonly shell = new Router();
  private readonly control = new Router();
  private readonly stdin = new Router();
  // XPUB rather than PUB: it tells us of new subscribers, whom we then welcome.
  private readonly iopub = new XPublisher({ verbosity: 'allSubs' });
  // ROUTER rather than REP, which ends in an error at a message that no REQ sent.
  private readonly heartbeat = new Router();
  private welcoming: Promise<void> | undefined;
  private readonly signer: Signer;
  private readonly encoder: Encoder;

  constructor(private readonly connection: Connection) {
    this.signer = new Signer(connection.key, connection.hash);
    this.encoder = new Encoder(this.signer);
    // Says so when a front end isn't there to be asked, rather than dropping the question.
    this.stdin.mandatory = true;
    for (const socket of this.all()) {
      // Send at once or fail: otherwise zeromq defers every 513th send without a pause and rejects
      // those after it, and the output of a fast cell is lost. The queue itself has no bound.
      socket.sendTimeout = 0;
      socket.sendHighWaterMark = 0;
      socket.linger = 1000;
    }
  }

  /**
   * Binds all sockets, and welcomes from then on who subscribes. Rejects when a port is taken.
   */
  async bind(): Promise<void> {
    await Promise.all([
      this.shell.bind(addressOf(this.connection, 'shell')),
      this.control.bind(addressOf(this.connection, 'control')),
      this.stdin.bind(addressOf(this.connection, 'stdin')),
      this.iopub.bind(addressOf(this.connection, 'iopub')),
      this.heartbeat.bind(addressOf(this.connection, 'hb')),
    ]);
    this.welcoming = this.welcome();
  }

  /** Resolves when who has been waiting for the sockets is welcomed: a turn of the event loop, whole. */
  async caughtUp(): Promise<void> {
    // The first ends the turn that is under way, which may have looked at the sockets before.
    await setImmediate();
    await setImmediate();
  }

  /** Calls `handle` with every valid request. Returns when the sockets are closed. */
  async serve(handle: (request: Request) => void): Promise<void> {
    await Promise.all([
      this.receive(this.shell, 'shell', handle),
      this.receive(this.control, 'control', handle),
      this.receive(this.stdin, 'stdin', handle),
      this.welcoming,
      this.beat(),
    ]);
  }

  publish(message: Broadcast): void {
    this.send(this.iopub, [message.type], message);
  }

  reply(request: Request, reply: Reply): void {
    this.send(this[request.channel], request.identities, { ...reply, parent: request.header });
  }

  async ask(request: Request, id: string, question: Reply): Promise<boolean> {
    const message = { ...question, parent: request.header };
    try {
      await this.stdin.send(this.encoder.encode(request.identities, message, id));
      return true;
    } catch {
      this.dropped.unsent++;
      return false;
    }
  }

  close(): void {
    for (const socket of this.all()) {
      socket.close();
    }
  }

  private all(): readonly (Router | XPublisher)[] {
    return [this.shell, this.control, this.stdin, this.iopub, this.heartbeat];
  }

  private send(
    socket: Router | XPublisher,
    prefix: readonly (string | Buffer)[],
    message: Broadcast,
  ): void {
    socket.send(this.encoder.encode(prefix, message)).catch(() => {
      this.dropped.unsent++;
    });
  }

  private async receive(
    socket: Router,
    channel: Channel,
    handle: (request: Request) => void,
  ): Promise<void> {
    for await (const frames of incoming(socket)) {
      const request = decode(frames, channel, this.signer);
      if (typeof request === 'string') this.dropped[request]++;
      else handle(request);
    }
  }

  /** Says to a new subscriber that from now on it misses nothing. First byte 1: subscribed. */
  private async welcome(): Promise<void> {
    for await (const [frame] of incoming(this.iopub)) {
      if (frame?.[0] !== 1) continue;
      const subscription = frame.toString('utf8', 1);
      const content = { subscription };
      // The topic is the subscription itself: those who asked for something else don't get it.
      this.send(this.iopub, [subscription], { type: 'iopub_welcome', content, parent: undefined });
    }
  }

  /**
   * Echoes heartbeats on the main thread: neither user code nor the type checker runs there, so
   * nothing delays the echo for long.
   */
  private async beat(): Promise<void> {
    for await (const frames of incoming(this.heartbeat)) {
      await this.heartbeat.send(frames).catch(() => {
        // Whoever asked has gone; the next one is to hear our heart all the same.
        this.dropped.unsent++;
      });
    }
  }
}
