/** The part of a ZeroMQ socket that receives. */
export interface Receiver {
  readonly closed: boolean;
  receive(): Promise<Buffer[]>;
}

/**
 * The messages that arrive until the socket is closed. A send on the same socket can wake a receive that
 * waits, for events that are no message: ZeroMQ then rejects it with EAGAIN, and we wait anew.
 */
export async function* incoming(socket: Receiver): AsyncGenerator<Buffer[], void, undefined> {
  while (!socket.closed) {
    const frames = await received(socket);
    if (frames !== undefined) yield frames;
  }
}

async function received(socket: Receiver): Promise<Buffer[] | undefined> {
  try {
    return await socket.receive();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
