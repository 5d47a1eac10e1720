import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Signer } from './signature';
import { decode, Encoder } from './wire';

const signer = new Signer('secret', 'sha256');

const json = ['{"msg_id":"1","msg_type":"x_request","session":"s"}', '{}', '{}', '{"a":1}'];

function frames(body: readonly string[], signature?: string): Buffer[] {
  const hmac = createHmac('sha256', 'secret').update(body.slice(0, 4).join('')).digest('hex');
  return ['route', '<IDS|MSG>', signature ?? hmac, ...body].map((text) => Buffer.from(text));
}

describe('the wire format', () => {
  it('reads a signed message with its buffers', () => {
    const request = decode(frames([...json, 'raw']), 'shell', signer);
    expect(request).toMatchObject({
      channel: 'shell',
      header: { msg_id: '1', msg_type: 'x_request' },
      content: { a: 1 },
      identities: [Buffer.from('route')],
      buffers: [Buffer.from('raw')],
    });
  });

  it('writes frames whose signature an independent HMAC confirms', () => {
    const sent = new Encoder(signer).encode(['route'], {
      type: 'x_reply',
      content: { text: 'π 😀' },
      parent: undefined,
    });
    const [route, delimiter, signature, ...body] = sent.map(String);
    expect([route, delimiter]).toEqual(['route', '<IDS|MSG>']);
    expect(signature).toBe(createHmac('sha256', 'secret').update(body.join('')).digest('hex'));
    expect(JSON.parse(body[3] ?? '')).toEqual({ text: 'π 😀' });
    expect(JSON.parse(body[0] ?? '')).toMatchObject({ msg_type: 'x_reply', version: '5.5' });
  });

  it('drops a message with a wrong, short or missing signature', () => {
    for (const signature of ['0'.repeat(64), 'abc', '']) {
      expect(decode(frames(json, signature), 'shell', signer)).toBe('unsigned');
    }
  });

  it('drops a signed message whose content was changed on the way', () => {
    const changed = frames(json);
    changed[6] = Buffer.from('{"a":2}');
    expect(decode(changed, 'shell', signer)).toBe('unsigned');
  });

  it('takes any message when there is no key', () => {
    expect(decode(frames(json, ''), 'shell', new Signer('', 'sha256'))).toMatchObject({
      content: { a: 1 },
    });
  });

  it.each([
    ['no frames', []],
    ['no delimiter', [Buffer.from('a')]],
    ['too few frames', frames(json.slice(0, 3))],
    ['no JSON', frames(['{', '{}', '{}', '{}'])],
    ['a header that is a list', frames(['[]', '{}', '{}', '{}'])],
    ['a header without a type', frames(['{"msg_id":"1","session":"s"}', '{}', '{}', '{}'])],
    ['content that is null', frames([json[0] ?? '', '{}', '{}', 'null'])],
  ])('drops %s as malformed', (_what, raw) => {
    expect(decode(raw, 'shell', signer)).toBe('malformed');
  });

  it('sends what JSON cannot hold in a readable form', () => {
    const cycle: Record<string, unknown> = { big: 12n, list: [1n] };
    cycle['self'] = cycle;
    const sent = new Encoder(signer).encode([], { type: 't', content: cycle, parent: undefined });
    expect(JSON.parse(String(sent.at(-1)))).toEqual({ big: '12', list: ['1'], self: '[circular]' });
  });

  it('sends text that is well-formed Unicode only, in names, values and headers', () => {
    const [high = '', low = ''] = '😀'.split('');
    const odd = { [`${high}:`]: [low + high, '😀', String.raw`\ud83d`, `\\${high}`] };
    const even = { '\uFFFD:': ['\uFFFD\uFFFD', '😀', String.raw`\ud83d`, '\\\uFFFD'] };
    const parent = {
      msg_id: low,
      msg_type: 't',
      session: 's',
      username: 'u',
      date: '',
      version: '',
    };
    const sent = new Encoder(signer).encode([], { type: 't', content: odd, metadata: odd, parent });
    expect(sent.slice(3).map((part) => JSON.parse(String(part)) as unknown)).toEqual([
      { ...parent, msg_id: '\uFFFD' },
      even,
      even,
    ]);
  });

  it('cuts what is nested too deep for JSON, wherever it stands', () => {
    let deep: Record<string, unknown> = {};
    for (let i = 0; i < 100_000; i++) deep = { deep };
    const header = {
      msg_id: '1',
      msg_type: 't',
      session: 's',
      username: 'u',
      date: '',
      version: '',
    };
    const parent = { ...header, deep };
    const sent = new Encoder(signer).encode([], { type: 't', content: { deep }, parent });
    expect(String(sent.at(-1))).toContain('[too deep]');
    expect(JSON.parse(String(sent[3]))).toMatchObject({ msg_id: '1' });
  });

  it('writes buffers after the signed frames', () => {
    const buffers = [Uint8Array.of(0, 255), Uint8Array.of()];
    const sent = new Encoder(signer).encode([], {
      type: 'comm_msg',
      content: {},
      buffers,
      parent: undefined,
    });
    expect(sent.slice(6)).toEqual(buffers);
  });
});
