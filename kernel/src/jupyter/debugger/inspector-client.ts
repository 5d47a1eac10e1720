import { isJsonObject } from '../protocol/fields';
import type { JsonObject } from '../protocol/message';

interface Waiting {
  readonly resolve: (result: JsonObject) => void;
  readonly reject: (error: Error) => void;
}

/** A cell process's inspector, spoken to in the Chrome DevTools Protocol. */
export class InspectorClient {
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;

  constructor(
    private readonly send: (message: string) => void,
    private readonly heard: (method: string, params: JsonObject) => void,
  ) {}

  /** Rejects with the inspector's words, or when the process ends first. */
  request(method: string, params: JsonObject = {}): Promise<JsonObject> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Takes a message of the inspector's. */
  message(text: string): void {
    const { id, result, error, method, params } = JSON.parse(text) as JsonObject;
    if (typeof method === 'string') {
      this.heard(method, isJsonObject(params) ? params : {});
      return;
    }
    const caller = this.waiting.get(Number(id));
    this.waiting.delete(Number(id));
    if (isJsonObject(error)) caller?.reject(new Error(String(error['message'])));
    else caller?.resolve(isJsonObject(result) ? result : {});
  }

  /** Nobody will answer any more. */
  close(): void {
    const left = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of left) reject(new Error('the cell process has ended'));
  }
}
