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
    // Only dates of one clock tell which was sent first, and only where they differ.
    const order = last?.session === header.session ? compared(header.date, last.date) : 0;
    return order === 0 ? this.reading > 0 : order < 0;
  }
}

/** Which of two dates is the earlier one: negative, positive, or 0 where they don't tell. */
function compared(date: unknown, other: unknown): number {
  if (typeof date !== 'string' || typeof other !== 'string' || date === other) return 0;
  // Some clients write microseconds, which `Date` doesn't keep.
  if (date.length === other.length) return date < other ? -1 : 1;
  return Date.parse(date) - Date.parse(other) || 0;
}
