import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broadcast, Header, Outbox } from '../protocol/message';
import { displayMessage, statusMessage, streamMessage } from '../protocol/output';
import { PACE_VARIABLE, paceLimits, SERVER_PACE } from './limits';
import { PacedOutbox } from './paced-outbox';

/** The defaults of jupyter_server. */
const WINDOW_MS = 3000;
const WINDOW_MESSAGES = 3000;
const WINDOW_BYTES = 3_000_000;

interface Sent {
  readonly atMs: number;
  readonly message: Broadcast;
}

function header(id: string): Header {
  const rest = { msg_type: 'execute_request', session: 's', username: 'u', date: '', version: '5' };
  return { msg_id: id, ...rest };
}

function setUp() {
  const sent: Sent[] = [];
  const outbox: Outbox = {
    publish: (message) => sent.push({ atMs: performance.now(), message }),
    reply: () => undefined,
    ask: () => Promise.resolve(true),
  };
  const paced = new PacedOutbox(outbox, SERVER_PACE);
  const publish = (message: { type: string; content: object }, id = 'cell'): void => {
    paced.publish({ ...message, content: { ...message.content }, parent: header(id) });
  };
  const texts = (): string =>
    sent.map(({ message }) => (message.content['text'] ?? '') as string).join('');
  return { sent, paced, publish, texts };
}

function show(text: string) {
  return displayMessage({ data: { 'text/plain': text }, update: false });
}

function update(text: string, displayId: string) {
  return displayMessage({ data: { 'text/plain': text }, displayId, update: true });
}

/** The most that any window of the server's holds: of messages, and of bytes of text on the wire. */
function fullestWindow(sent: readonly Sent[]): { messages: number; bytes: number } {
  const bytes = sent.map(({ message }) =>
    message.type === 'stream' ? Buffer.byteLength(JSON.stringify(message)) : 0,
  );
  const most = { messages: 0, bytes: 0 };
  let first = 0;
  let inWindow = 0;
  for (const [last, { atMs }] of sent.entries()) {
    inWindow += bytes[last] ?? 0;
    for (; (sent[first]?.atMs ?? atMs) <= atMs - WINDOW_MS; first++) inWindow -= bytes[first] ?? 0;
    most.messages = Math.max(most.messages, last - first + 1);
    most.bytes = Math.max(most.bytes, inWindow);
  }
  return most;
}

describe('the paced outbox', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sends an update after the comm message that it followed', () => {
    const { sent, publish } = setUp();
    for (let n = 0; n < 2000; n++) publish(show(`value ${n}`));
    publish(update('one', 'd'));
    publish({ type: 'comm_msg', content: { comm_id: 'c', data: {} } }, '');
    publish(update('two', 'd'));
    publish(update('three', 'd'));
    vi.advanceTimersByTime(10_000);
    const last = sent.slice(-3).map(({ message }) => message.content);
    expect(last).toMatchObject([
      { data: { 'text/plain': 'one' } },
      { comm_id: 'c' },
      { data: { 'text/plain': 'three' } },
    ]);
  });

  it('passes on at once what a server takes at once', () => {
    const { sent, publish } = setUp();
    for (let i = 0; i < 900; i++) publish(show(String(i)));
    expect(sent).toHaveLength(900);
  });

  it('sends 6 MB of text whole and in order, and no window of the server overflows', async () => {
    const { sent, paced, publish, texts } = setUp();
    const lines = Array.from({ length: 600 }, (_, i) => `${String(i).padStart(9_999, '.')}\n`);
    for (const line of lines) publish(streamMessage('stdout', line));
    let isDrained = false;
    void paced.drained().then(() => (isDrained = true));
    await vi.advanceTimersByTimeAsync(1000);
    expect(isDrained).toBe(false);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(isDrained).toBe(true);
    expect(texts() === lines.join('')).toBe(true);
    expect(fullestWindow(sent).bytes).toBeLessThan(WINDOW_BYTES);
  });

  it('counts the bytes that escapes and non-ASCII characters take', async () => {
    const { sent, publish, texts } = setUp();
    const text = '\u001b漢😀'.repeat(300_000);
    publish(streamMessage('stdout', text));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(texts() === text).toBe(true);
    const bytes = sent.map(({ message }) => Buffer.byteLength(JSON.stringify(message)));
    expect(Math.max(...bytes)).toBeLessThan(WINDOW_BYTES);
    // No half of an emoji, which an encoder would replace.
    const kept = sent.map(({ message }) => Buffer.from(message.content['text'] as string));
    expect(Buffer.concat(kept).toString() === text).toBe(true);
  });

  it('holds 5,000 displays to the rate of messages', async () => {
    const { sent, publish } = setUp();
    for (let i = 0; i < 5000; i++) publish(show(String(i)));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sent.map(({ message }) => (message.content['data'] as object)['text/plain' as never]))
      .toEqual(Array.from({ length: 5000 }, (_, i) => String(i))); // prettier-ignore
    expect(fullestWindow(sent).messages).toBeLessThan(WINDOW_MESSAGES);
  });

  it('sends the newest of the updates that wait, so an animation keeps up', async () => {
    const { sent, publish } = setUp();
    for (let i = 0; i < 100_000; i++) publish(update(String(i), 'bar'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.length).toBeLessThan(2000);
    expect(sent.at(-1)?.message.content['data']).toEqual({ 'text/plain': '99999' });
  });

  it('says how many displays it left out of a flood', async () => {
    const { sent, publish, texts } = setUp();
    for (let i = 0; i < 10_000; i++) publish(show(String(i)));
    await vi.advanceTimersByTimeAsync(60_000);
    const left = 10_000 - (sent.length - 1);
    expect(left).toBeGreaterThan(0);
    expect(texts()).toContain(`[${left} outputs are not shown: the cell made them faster`);
  });

  it('keeps results, errors and comms however many outputs wait', async () => {
    const { sent, publish } = setUp();
    for (let i = 0; i < 10_000; i++) publish(show(String(i)));
    const error = { ename: 'E', evalue: '', traceback: [] };
    publish({ type: 'comm_msg', content: { comm_id: 'c', data: {} } });
    publish({ type: 'error', content: error });
    await vi.advanceTimersByTimeAsync(60_000);
    const types = sent.map(({ message }) => message.type);
    expect(types.slice(-3)).toEqual(['comm_msg', 'error', 'stream']);
  });

  it('drops what waits after an interrupt, and says so', () => {
    const { paced, publish, texts } = setUp();
    for (let i = 0; i < 3000; i++) publish(show(String(i)));
    paced.shed();
    expect(texts()).toContain('[2000 outputs are not shown');
  });

  it('lets the status of another request overtake, and no status of its own', async () => {
    const { sent, publish } = setUp();
    for (let i = 0; i < 2000; i++) publish(show(String(i)));
    publish(statusMessage('idle'));
    publish(statusMessage('busy'), 'completion');
    expect(sent.at(-1)?.message.parent?.msg_id).toBe('completion');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.at(-1)?.message).toMatchObject({ type: 'status', parent: { msg_id: 'cell' } });
  });

  it('starts anew at idle, as the server does', () => {
    const { sent, publish } = setUp();
    for (let i = 0; i < 900; i++) publish(show(String(i)));
    publish(statusMessage('idle'));
    for (let i = 0; i < 900; i++) publish(show(String(i)), 'next');
    expect(sent).toHaveLength(1801);
  });

  it('asks the user after the text that came before', async () => {
    const { paced, publish } = setUp();
    for (let i = 0; i < 2000; i++) publish(show(String(i)));
    let asked = false;
    const question = { type: 'input_request', content: {} };
    void paced.ask({} as never, 'id', question).then(() => (asked = true));
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toBe(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toBe(true);
  });
});

describe('where output is paced', () => {
  it('is below a Jupyter server, and where the user says so', () => {
    expect(paceLimits({})).toBeUndefined();
    expect(paceLimits({ JPY_SESSION_NAME: 'a.ipynb' })).toBe(SERVER_PACE);
    expect(paceLimits({ JPY_SESSION_NAME: 'a.ipynb', [PACE_VARIABLE]: 'off' })).toBeUndefined();
    expect(paceLimits({ [PACE_VARIABLE]: 'on' })).toBe(SERVER_PACE);
  });

  it('is told by a variable that allows nothing else', () => {
    expect(() => paceLimits({ [PACE_VARIABLE]: 'slow' })).toThrow(
      'HALFNOTE_PACE_OUTPUT is "slow", allowed are on and off',
    );
  });
});
