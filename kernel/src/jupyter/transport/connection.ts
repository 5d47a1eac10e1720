import { readFileSync, statSync } from 'node:fs';
import { HalfnoteError } from '../../errors';
import { Fields, isJsonObject } from '../protocol/fields';

const PORTS = ['shell', 'control', 'iopub', 'stdin', 'hb'] as const;
export type SocketName = (typeof PORTS)[number];

/** What a connection file says. */
export interface Connection {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly ports: Readonly<Record<SocketName, number>>;
  /** Empty: messages aren't signed. */
  readonly key: string;
  /** For `createHmac`, for example `sha256`. */
  readonly hash: string;
}

/** Reads a connection file. Throws `HalfnoteError('invalid-connection-file')` that says what is wrong. */
export function readConnection(path: string): Connection {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isJsonObject(content)) throw new Error('it holds no JSON object');
    return parseConnection(content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HalfnoteError(
      'invalid-connection-file',
      `Can't use the connection file ${path}: ${reason}`,
      'Jupyter writes this file when it starts a kernel; start the kernel from a notebook.',
      { cause: error },
    );
  }
}

/** Permissions of anybody but the owner. */
const OTHERS = 0o077;

/**
 * A warning where other users of this machine can get at the file: its key lets them run code as this
 * user. Undefined where they can't, and on Windows, whose permissions are others.
 */
export function exposure(path: string, platform = process.platform): string | undefined {
  const mode = statSync(path).mode & 0o777;
  if (platform === 'win32' || (mode & OTHERS) === 0) return undefined;
  return (
    `Other users can get at the connection file ${path} (mode 0${mode.toString(8)}, expected 0600), ` +
    `and with its key run code as you.\nProtect it: chmod 600 ${path}`
  );
}

function parseConnection(content: Readonly<Record<string, unknown>>): Connection {
  const fields = new Fields('connection file', content);
  const scheme = fields.string('signature_scheme', 'hmac-sha256');
  const hash = /^hmac-(\w+)$/.exec(scheme)?.[1];
  if (hash === undefined) {
    throw new Error(`"signature_scheme" is "${scheme}", expected hmac-<hash>`);
  }
  const ports = PORTS.map((name) => [name, fields.integer(`${name}_port`)] as const);
  return {
    transport: fields.choice('transport', ['tcp', 'ipc'], 'tcp'),
    ip: fields.string('ip', '127.0.0.1'),
    ports: Object.fromEntries(ports) as Record<SocketName, number>,
    key: fields.string('key', ''),
    hash,
  };
}

/** The ZeroMQ address of one socket: only the given interface is listened on. */
export function addressOf(connection: Connection, socket: SocketName): string {
  const { transport, ip, ports } = connection;
  return `${transport}://${ip}${transport === 'tcp' ? ':' : '-'}${ports[socket]}`;
}
