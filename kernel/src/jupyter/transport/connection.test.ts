import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressOf, exposure, readConnection } from './connection';

const good = {
  transport: 'tcp',
  ip: '127.0.0.1',
  shell_port: 1,
  control_port: 2,
  iopub_port: 3,
  stdin_port: 4,
  hb_port: 5,
  key: 'k',
  signature_scheme: 'hmac-sha256',
};

function file(content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'halfnote-')), 'kernel.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('a connection file', () => {
  it('gives the address of each socket', () => {
    const connection = readConnection(file(good));
    expect(addressOf(connection, 'iopub')).toBe('tcp://127.0.0.1:3');
    expect(connection).toMatchObject({ key: 'k', hash: 'sha256' });
  });

  it('may use ipc', () => {
    const connection = readConnection(file({ ...good, transport: 'ipc', ip: '/tmp/k' }));
    expect(addressOf(connection, 'hb')).toBe('ipc:///tmp/k-5');
  });

  it.each([
    ['{"shell_port": 1', /JSON/],
    ['[]', /it holds no JSON object/],
    [{ ...good, hb_port: 'five' }, /"hb_port" is "five", expected an integer/],
    [{ ...good, iopub_port: undefined }, /"iopub_port" is missing/],
    [{ ...good, transport: 'udp' }, /"transport" is "udp", expected one of "tcp", "ipc"/],
    [{ ...good, signature_scheme: 'md5' }, /"signature_scheme" is "md5"/],
  ])('that is wrong is refused with what is wrong: %j', (content, message) => {
    expect(() => readConnection(file(content))).toThrow(message);
  });

  it('that is missing is named', () => {
    expect(() => readConnection('/nowhere/kernel.json')).toThrow('/nowhere/kernel.json');
  });

  it('that others can read or write is warned of, with what to do', () => {
    const path = file(good);
    for (const mode of [0o644, 0o640, 0o620, 0o601]) {
      chmodSync(path, mode);
      expect(exposure(path, 'linux')).toBe(
        `Other users can get at the connection file ${path} (mode 0${mode.toString(8)}, expected 0600), ` +
          `and with its key run code as you.\nProtect it: chmod 600 ${path}`,
      );
    }
    for (const mode of [0o600, 0o400]) {
      chmodSync(path, mode);
      expect(exposure(path, 'linux')).toBeUndefined();
    }
  });
});
