import { HalfnoteError } from '../../errors';
import { Fields } from './fields';
import type { JsonObject } from './message';

export type HistoryQuery =
  | { readonly access: 'tail'; readonly n: number | undefined; readonly output: boolean }
  | {
      readonly access: 'range';
      /** 0 is this session, negative ones count back from it. */
      readonly session: number;
      readonly start: number;
      /** Exclusive; undefined is the end. */
      readonly stop: number | undefined;
      readonly output: boolean;
    }
  | {
      readonly access: 'search';
      /** Glob over the whole input: `*` any text, `?` one character. */
      readonly pattern: string;
      readonly unique: boolean;
      readonly n: number | undefined;
      readonly output: boolean;
    };

/** Reads a `history_request`. */
export function parseHistory(content: JsonObject): HistoryQuery {
  const fields = new Fields('history_request', content);
  const access = fields.choice('hist_access_type', ['tail', 'range', 'search']);
  const output = fields.boolean('output', false);
  switch (access) {
    case 'tail':
      return { access, n: count(fields), output };
    case 'range':
      return {
        access,
        session: fields.integer('session', 0),
        start: fields.integer('start', 1),
        stop: fields.optionalInteger('stop'),
        output,
      };
    case 'search':
      return {
        access,
        pattern: fields.string('pattern', '*'),
        unique: fields.boolean('unique', false),
        n: count(fields),
        output,
      };
  }
}

function count(fields: Fields): number | undefined {
  const n = fields.optionalInteger('n');
  if (n !== undefined && n < 0) {
    throw new HalfnoteError('invalid-request', `history_request: "n" is ${n}, expected 0 or more`);
  }
  return n;
}

/** Session, line, and the input or, if outputs were asked for, input and output. */
export type HistoryTuple = readonly [number, number, string | readonly [string, string | null]];

export interface HistoryReply {
  readonly status: 'ok';
  readonly history: readonly HistoryTuple[];
}
