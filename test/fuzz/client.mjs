/** The sockets of an unfriendly front end. What the kernel sends back is read, so that nothing piles up. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Dealer, Subscriber, XSubscriber } from 'zeromq';

export class Client {
  #ports;
  #dealers = {};
  #listener = new Subscriber();
  #upstream = new XSubscriber();
  #waiting = new Map();
  #results = new Map();

  constructor(ports) {
    this.#ports = ports;
    const at = (name) => `tcp://127.0.0.1:${ports[name]}`;
    for (const name of ['shell', 'control', 'stdin', 'hb']) {
      const dealer = new Dealer({ sendTimeout: 30_000, linger: 0, routingId: 'fuzz' });
      dealer.connect(at(name));
      this.#dealers[name] = dealer;
      // Heartbeats are echoed, whatever they are.
      if (name === 'hb') void this.#drain(dealer);
      else
        void this.#read(dealer, (type, parent, content) => {
          this.#waiting.get(`${type}:${parent}`)?.(content);
        });
    }
    this.#listener.connect(at('iopub'));
    this.#listener.subscribe();
    void this.#read(this.#listener, (type, parent, content) => {
      if (type !== 'execute_result') return;
      this.#results.set(parent, content);
      this.#waiting.get(`${type}:${parent}`)?.(content);
    });
    this.#upstream.linger = 0;
    this.#upstream.connect(at('iopub'));
    void this.#drain(this.#upstream);
  }

  /** Sends frames to `shell`, `control`, `stdin`, `hb` or, against the stream, `iopub`. */
  async send(socket, frames) {
    await (socket === 'iopub' ? this.#upstream : this.#dealers[socket]).send(frames);
  }

  /** Sends a request and waits for its reply's content. */
  async ask(frames, type, socket = 'shell') {
    const id = JSON.parse(String(frames[2])).msg_id;
    const reply = this.#promise(this.#waiting, `${type}:${id}`);
    await this.send(socket, frames);
    return reply;
  }

  /**
   * Runs a cell and tells the text of its result. A cell behind one that fails is aborted, as it should
   * be, and an interrupt that was still on its way may be taken for this cell's: then it is sent again,
   * for as long as that can be.
   */
  async result(make) {
    const limit = AbortSignal.timeout(30_000);
    for (;;) {
      assert.ok(!limit.aborted, 'For 30 s, each cell was aborted or interrupted');
      const frames = make();
      const { status, ename } = await this.ask(frames, 'execute_reply');
      if (status === 'aborted' || ename === 'Interrupted') continue;
      const id = JSON.parse(String(frames[2])).msg_id;
      return (this.#results.get(id) ?? (await this.#promise(this.#waiting, `execute_result:${id}`)))
        .data['text/plain'];
    }
  }

  /** Bytes that aren't even ZeroMQ's. */
  async raw(socket, bytes) {
    await new Promise((resolve) => {
      const plain = connect(this.#ports[socket], '127.0.0.1', () => plain.end(bytes));
      plain.on('error', resolve).on('close', resolve).resume();
      setTimeout(() => plain.destroy(), 50);
    });
  }

  close() {
    for (const dealer of Object.values(this.#dealers)) dealer.close();
    this.#listener.close();
    this.#upstream.close();
  }

  #promise(map, key) {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error(`No answer to ${key} in 120 s`)), 120_000);
      map.set(key, (content) => {
        clearTimeout(timeout);
        map.delete(key);
        resolve(content);
      });
    });
  }

  async #read(socket, hear) {
    for await (const frames of socket) {
      const at = frames.findIndex((frame) => String(frame) === '<IDS|MSG>');
      if (at < 0) continue;
      const [header, parent, , content] = frames.slice(at + 2).map((frame) => String(frame));
      const type = JSON.parse(header).msg_type;
      if (/_reply$|execute_result/.test(type)) {
        hear(type, JSON.parse(parent).msg_id, JSON.parse(content));
      }
    }
  }

  async #drain(socket) {
    for await (const frames of socket) void frames;
  }
}
