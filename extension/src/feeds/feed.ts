import type { NotebookPanel } from '@jupyterlab/notebook';
import { LISTENS_FOR_S } from 'halfnote/mime/front-end';
import { KernelComm, type Data } from '../kernel/kernel-comm';

/** Twice within the time for which the kernel goes on to tell a page that says nothing. */
const RENEW_MS = (LISTENS_FOR_S / 3) * 1000;

interface Options<State> {
  readonly panel: NotebookPanel;
  readonly target: string;
  /** What is known with a message, and what was before; undefined for a message that is none. */
  readonly take: (message: unknown, before: State | undefined) => State | undefined;
  /** What the kernel is asked, by what its readers want. */
  readonly ask: (wants: readonly string[]) => Data;
}

interface Reader<State> {
  readonly heard: (state: State | undefined) => void;
  readonly wants: string;
}

/**
 * What a notebook's kernel tells by one comm, for all that show it. The comm is open while somebody reads
 * and, on a page that is seen, says so again and again: a page that is gone is told nothing.
 */
export class Feed<State> {
  readonly #options: Options<State>;
  readonly #readers = new Set<Reader<State>>();
  #comm: KernelComm | undefined;
  #timer: number | undefined;
  #state: State | undefined;

  constructor(options: Options<State>) {
    this.#options = options;
    options.panel.disposed.connect(() => {
      this.#readers.clear();
      this.#close();
    });
  }

  /** Undefined while the kernel has told nothing. */
  get state(): State | undefined {
    return this.#state;
  }

  /** Calls `heard` with what is known now and at each change; returns what ends that. */
  read(heard: (state: State | undefined) => void, wants = ''): () => void {
    const reader = { heard, wants };
    if (this.#options.panel.isDisposed) return () => undefined;
    const before = this.#asked();
    this.#readers.add(reader);
    if (this.#comm === undefined) this.#open();
    else if (before !== this.#asked()) this.renew();
    heard(this.#state);
    return () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#close();
    };
  }

  /** Asks anew, with more than what is asked usually. */
  ask(data: Data): void {
    this.#comm?.send(data);
  }

  /** Tells the kernel that somebody reads, and what. */
  renew = (): void => {
    if (!document.hidden) this.#comm?.send(this.#request());
  };

  #request(): Data {
    return this.#options.ask([...this.#readers].map(({ wants }) => wants));
  }

  #asked(): string {
    return JSON.stringify(this.#request());
  }

  #open(): void {
    const { panel, target, take } = this.#options;
    this.#comm = new KernelComm(
      panel.sessionContext,
      target,
      {
        lost: () => {
          this.#tell(undefined);
        },
        message: (message) => {
          const state = take(message, this.#state);
          if (state !== undefined) this.#tell(state);
        },
      },
      () => this.#request(),
    );
    this.#timer = window.setInterval(this.renew, RENEW_MS);
    document.addEventListener('visibilitychange', this.renew);
  }

  #close(): void {
    clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.renew);
    this.#comm?.dispose();
    this.#comm = undefined;
    this.#state = undefined;
  }

  #tell(state: State | undefined): void {
    this.#state = state;
    for (const { heard } of [...this.#readers]) heard(state);
  }
}
