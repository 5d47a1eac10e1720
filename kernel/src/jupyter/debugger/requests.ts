import { HalfnoteError } from '../../errors';
import { Fields, isJsonObject } from '../protocol/fields';
import type { JsonObject } from '../protocol/message';
import type { Wanted } from './breakpoints';

/** A front end asks for what only a debugger that is started has. */
export function notStarted(command: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-request',
    `debug_request ${command}: the debugger is not started`,
    'Send "initialize" and "attach" first.',
  );
}

/** The path of a request's source. @throws HalfnoteError `invalid-request`. */
export function pathIn(command: string, args: JsonObject): string {
  const fields = new Fields(`debug_request ${command}`, args);
  return new Fields(`debug_request ${command}: source`, fields.object('source')).string('path');
}

/** The breakpoints that a request asks for. @throws HalfnoteError `invalid-request`. */
export function wantedIn(command: string, { breakpoints, lines }: JsonObject): readonly Wanted[] {
  const all = breakpoints ?? (Array.isArray(lines) ? lines.map((line: unknown) => ({ line })) : []);
  if (!Array.isArray(all) || !all.every(isJsonObject)) {
    throw new HalfnoteError(
      'invalid-request',
      `debug_request ${command}: "breakpoints" is ${JSON.stringify(breakpoints).slice(0, 60)}, expected a list of objects`,
    );
  }
  return all.map((each) => {
    const fields = new Fields(`debug_request ${command}: breakpoint`, each);
    const condition = fields.optionalString('condition');
    const line = fields.integerWithin('line', 1, Number.MAX_SAFE_INTEGER);
    return { line, condition: condition?.trim() === '' ? undefined : condition };
  });
}
