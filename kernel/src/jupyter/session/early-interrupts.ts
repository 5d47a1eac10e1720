import type { Header, Request } from '../protocol/message';

/**
 * Interrupts that came when nothing ran. Requests and interrupts come over two sockets that are read
 * in any order, so one of them may have overtaken the cell that it is meant for.
 */
export class EarlyInterrupts {
  private last: Header | undefined;
  private reading = 0;

  /** `socketsRead` resolves when what came with the interrupt has been read too. */
  async add(request: Request | undefined, socketsRead: () => Promise<void>): Promise<void> {
    this.last = request?.header;
    this.reading++;
    await socketsRead();
    this.reading--;
  }

  /** Whether a request was sent before an interrupt that came ahead of it. */
  areMeantFor({ header }: Request): boolean {
    const { last } = this;
    // Only dates of one clock tell which was sent first.
    return last?.session === header.session ? isNotAfter(header.date, last.date) : this.reading > 0;
  }
}

function isNotAfter(date: string, other: string): boolean {
  // Some clients write microseconds, which `Date` doesn't keep.
  return date.length === other.length ? date <= other : Date.parse(date) <= Date.parse(other);
}
