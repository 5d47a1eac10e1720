/** Frames that a kernel should survive: valid messages, changed at random from a seed. */
import { createHmac } from 'node:crypto';

const DELIMITER = '<IDS|MSG>';

/** Requests that are right. None of them ends the kernel, since a change may leave it as it is. */
const REQUESTS = {
  kernel_info_request: {},
  history_request: { hist_access_type: 'tail', n: 5, output: true, raw: true },
  comm_info_request: { target_name: 'x' },
  comm_open: { comm_id: 'c', target_name: 'nobody', data: { a: [1] } },
  comm_msg: { comm_id: 'c', data: {} },
  comm_close: { comm_id: 'c', data: {} },
  input_reply: { value: 'text' },
  interrupt_request: {},
  odd_request: { odd: true },
};

/** Those that go on to TypeScript or the cell process, and cost milliseconds: a share of one in 100. */
const COSTLY = {
  execute_request: { code: '1 + 1', silent: false, store_history: true, user_expressions: {} },
  complete_request: { code: 'Math.', cursor_pos: 5 },
  inspect_request: { code: 'parseInt', cursor_pos: 3, detail_level: 0 },
  is_complete_request: { code: 'if (true) {' },
};

const VALUES = [null, true, -1, 1e308, 0.5, '', 'text', '\u0000', '😀'.repeat(20), [], [[]], {}];
const KEYS = ['__proto__', 'constructor', 'toString', 'code', 'comm_id', 'x'.repeat(300)];

/** A generator of numbers in [0, 1) that repeats for the same seed (mulberry32). */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Mutator {
  #random;
  #key;
  #count = 0;

  constructor(seed, key) {
    this.#random = randomOf(seed);
    this.#key = key;
  }

  /** The next message, as frames. */
  next() {
    const frames = this.pick([
      () => this.#signed(this.#changedContent()),
      () => this.#signed(this.#changedHeader()),
      () => this.#signed(this.#changedJson()),
      () => this.#changedFrames(this.#signed(this.#message())),
      () => this.#changedBytes(this.#signed(this.#message())),
      () => this.#noise(),
    ])();
    return frames.map((frame) => Buffer.from(frame));
  }

  /** One message of a type, right in every way. */
  valid(type, content) {
    return this.#signed(this.#message(type, content));
  }

  pick(list) {
    return list[Math.floor(this.#random() * list.length)];
  }

  #chance(share) {
    return this.#random() < share;
  }

  #message(type, content) {
    const from = this.#chance(0.01) ? COSTLY : REQUESTS;
    const name = type ?? this.pick(Object.keys(from));
    const header = {
      msg_id: `fuzz-${++this.#count}`,
      msg_type: name,
      session: 'fuzz',
      username: 'fuzz',
      date: '2026-01-01T00:00:00Z',
      version: '5.5',
    };
    return [header, {}, {}, content ?? { ...from[name] }];
  }

  #changedContent() {
    const message = this.#message();
    this.#spoil(message[3], this.pick([VALUES, [this.#nested()]]));
    return message;
  }

  #changedHeader() {
    const message = this.#message();
    this.#spoil(this.pick([message[0], message[1], message[2]]), [...VALUES, this.#nested()]);
    return message;
  }

  /** Well signed, but no JSON object, or no UTF-8. */
  #changedJson() {
    const body = this.#message().map((part) => JSON.stringify(part));
    const at = Math.floor(this.#random() * body.length);
    const text = body[at];
    body[at] = this.pick([
      text.slice(0, Math.floor(this.#random() * text.length)),
      '[]',
      'null',
      '1e999',
      `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      Buffer.from([0xff, 0xfe, 0x80]),
      text.replace('{', '{"__proto__":{"polluted":1},'),
    ]);
    return body;
  }

  #changedFrames(frames) {
    const at = Math.floor(this.#random() * frames.length);
    return this.pick([
      () => frames.toSpliced(at, 1),
      () => frames.toSpliced(at, 0, frames[at]),
      () => frames.toSpliced(at, 1, ''),
      () => frames.toReversed(),
      () => [...frames, ...Array.from({ length: 50 }, () => this.#bytes(10))],
      () => frames.filter((frame) => frame !== DELIMITER),
      () => [...frames, Buffer.alloc(20_000)],
    ])();
  }

  #changedBytes(frames) {
    const at = Math.floor(this.#random() * frames.length);
    const changed = Buffer.from(frames[at]);
    for (let n = 1 + this.#random() * 4; n > 0 && changed.length > 0; n--) {
      changed[Math.floor(this.#random() * changed.length)] ^= 1 << Math.floor(this.#random() * 8);
    }
    return frames.toSpliced(at, 1, changed);
  }

  #noise() {
    return Array.from({ length: Math.floor(this.#random() * 8) + 1 }, () => this.#bytes(200));
  }

  #bytes(most) {
    const length = Math.floor(this.#random() * most);
    return Buffer.from(Array.from({ length }, () => Math.floor(this.#random() * 256)));
  }

  /** Removes, replaces or adds one field. Code stays code that is known, or is no text at all. */
  #spoil(object, values) {
    const keys = Object.keys(object);
    const key = this.#chance(0.7) && keys.length > 0 ? this.pick(keys) : this.pick(KEYS);
    const value = this.pick(values);
    if (this.#chance(0.2)) delete object[key];
    // A changed type must not become one that ends the kernel, which random texts are not.
    else Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
  }

  #nested() {
    let value = 'end';
    for (let depth = this.#random() * 2000; depth > 0; depth--) value = [value];
    return value;
  }

  #signed(parts) {
    const body = parts.map((part) =>
      typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part),
    );
    const hmac = createHmac('sha256', this.#key);
    for (const part of body) hmac.update(part);
    return [DELIMITER, hmac.digest('hex'), ...body];
  }
}
