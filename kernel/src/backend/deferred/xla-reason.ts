import { reasonOf } from './reason';

/** Why XLA can't compile a program, in short: its errors name the ops of a graph that no user knows. */
export function xlaReason(error: unknown): string {
  const reason = reasonOf(error);
  const missing = /Detected unsupported operations .*?: (\w+) \(/.exec(reason)?.[1];
  if (missing !== undefined) return `XLA has no ${missing}`;
  const [, input, op] =
    /Input (\d+) to node `[^`]*` with op (\w+) must be a compile-time constant/.exec(reason) ?? [];
  if (input === undefined || op === undefined) return reason;
  return `input ${input} of ${op} varies, which XLA has to know`;
}
