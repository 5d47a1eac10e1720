/** What was told to the cell process and isn't heard of yet. */
export class Notifications {
  private readonly waiting = new Map<number, () => void>();
  private last = 0;

  /** Resolves when the listener has returned, or can't any more. */
  send(tell: (id: number) => void): Promise<void> {
    const id = ++this.last;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      tell(id);
    });
  }

  finish(id: number): void {
    this.waiting.get(id)?.();
    this.waiting.delete(id);
  }

  finishAll(): void {
    for (const resolve of this.waiting.values()) resolve();
    this.waiting.clear();
  }
}
