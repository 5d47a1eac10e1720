import { createHmac } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Dealer, Request as Req, Subscriber } from 'zeromq';
import type { Request } from '../protocol/message';
import { addressOf } from './connection';
import type { Connection } from './connection';
import { Sockets } from './sockets';

const HEADER = '{"msg_id":"1","msg_type":"kernel_info_request","session":"s"}';

function signed(header: string): string[] {
  const body = [header, '{}', '{}', '{}'];
  const signature = createHmac('sha256', 'secret').update(body.join('')).digest('hex');
  return ['<IDS|MSG>', signature, ...body];
}

describe('sockets', () => {
  let connection: Connection;
  let sockets: Sockets;
  let received: Request[];
  const clients: { close(): void }[] = [];

  beforeEach(async () => {
    connection = {
      transport: 'ipc',
      ip: join(mkdtempSync(join(tmpdir(), 'halfnote-')), 'k'),
      ports: { shell: 1, control: 2, iopub: 3, stdin: 4, hb: 5 },
      key: 'secret',
      hash: 'sha256',
    };
    sockets = new Sockets(connection);
    received = [];
    await sockets.bind();
    void sockets.serve((request) => received.push(request));
  });

  afterEach(() => {
    clients.splice(0).forEach((client) => {
      client.close();
    });
    sockets.close();
  });

  function dealer(): Dealer {
    const client = new Dealer();
    clients.push(client);
    client.connect(addressOf(connection, 'shell'));
    return client;
  }

  function subscriber(): Subscriber {
    const client = new Subscriber();
    clients.push(client);
    client.connect(addressOf(connection, 'iopub'));
    client.subscribe();
    return client;
  }

  it('reply to the front end that asked', async () => {
    const client = dealer();
    await client.send(signed(HEADER));
    await expect.poll(() => received.length).toBe(1);
    const [request] = received;
    if (request) sockets.reply(request, { type: 'kernel_info_reply', content: { status: 'ok' } });
    const [delimiter, , , parent, , content] = (await client.receive()).map(String);
    expect(delimiter).toBe('<IDS|MSG>');
    expect(JSON.parse(parent ?? '')).toMatchObject({ msg_id: '1' });
    expect(content).toBe('{"status":"ok"}');
  });

  it('count what they drop and go on', async () => {
    const client = dealer();
    await client.send(['noise']);
    const forged = signed(HEADER);
    forged[1] = '0'.repeat(64);
    await client.send(forged);
    await client.send(signed(HEADER));
    await expect.poll(() => received.length).toBe(1);
    expect(sockets.dropped).toEqual({ malformed: 1, unsigned: 1, unsent: 0 });
  });

  it('welcome a new subscriber', async () => {
    const frames = (await subscriber().receive()).map(String);
    expect(JSON.parse(frames[3] ?? '')).toMatchObject({ msg_type: 'iopub_welcome' });
    expect(frames.at(-1)).toBe('{"subscription":""}');
  });

  it('welcome who has been waiting for them before they tell anything', async () => {
    const ip = join(mkdtempSync(join(tmpdir(), 'halfnote-')), 'k');
    const late = { ...connection, ip };
    const client = new Subscriber();
    const own = new Sockets(late);
    clients.push(client, own);
    client.connect(addressOf(late, 'iopub'));
    client.subscribe();
    await own.bind();
    // A busy machine: the subscription comes while nothing of ours runs.
    const until = Date.now() + 500;
    while (Date.now() < until);
    await own.caughtUp();
    own.publish({ type: 'status', content: {}, parent: undefined });
    const frames = (await client.receive()).map(String);
    expect(JSON.parse(frames[3] ?? '')).toMatchObject({ msg_type: 'iopub_welcome' });
  });

  it('lose nothing of 5000 messages sent in one turn', async () => {
    const client = subscriber();
    await client.receive();
    for (let i = 0; i < 5000; i++) {
      sockets.publish({ type: 'stream', content: { i }, parent: undefined });
    }
    const got: unknown[] = [];
    while (got.length < 5000) got.push(JSON.parse(String((await client.receive()).at(-1))));
    expect(got).toEqual(Array.from({ length: 5000 }, (_, i) => ({ i })));
    expect(sockets.dropped.unsent).toBe(0);
  });

  it('echo heartbeats, also after one that no heartbeat would send', async () => {
    const noise = new Dealer();
    clients.push(noise);
    noise.connect(addressOf(connection, 'hb'));
    await noise.send(['noise', 'without', 'a', 'delimiter']);
    expect((await noise.receive())[0]?.toString()).toBe('noise');
    const client = new Req();
    clients.push(client);
    client.connect(addressOf(connection, 'hb'));
    await client.send('beat');
    expect((await client.receive()).map(String)).toEqual(['beat']);
  });
});
