import type { Language } from './language';

/** What can be asked of the language. */
export type Method = Exclude<keyof Language, 'readAhead' | 'close'>;

export interface LanguageRequest {
  readonly id: number;
  readonly method: Method | 'warmUp';
  readonly args: readonly unknown[];
}

export type LanguageResponse =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: unknown };

/** Where the language runs: a process that starts from a snapshot, or a thread of this one. */
export interface LanguageHost {
  /** Where it is a process of its own: its number, and the CPU seconds that it last told of. */
  readonly process: { readonly pid: number; readonly cpuS: number } | undefined;
  send(requests: readonly LanguageRequest[]): void;
  close(): Promise<void>;
}

export interface HostEvents {
  responses(responses: readonly LanguageResponse[]): void;
  /** Told once, unless it was closed; what was asked and isn't answered never will be. */
  ended(error: Error): void;
}
