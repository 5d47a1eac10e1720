/** What the service needs of the process that it runs in. */
export interface ServicePorts {
  /** Shows a line in the cell that made this request. False: there is none, and the next one is to show it. */
  say(requestId: string | undefined, message: string): boolean;
  /** Ends what trains in the process that runs cells, with its weights kept. */
  stopTraining(requestId: string): void;
}

/** Lines for the user, in the cell that runs; where none does, in the next one. */
export class Notices {
  #waiting: string[] = [];

  constructor(
    private readonly ports: Pick<ServicePorts, 'say'>,
    private readonly running: () => string | undefined,
  ) {}

  say(message: string): void {
    if (!this.ports.say(this.running(), message)) this.#waiting.push(message);
  }

  /** To be called when a cell has begun. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.say(message);
  }
}
