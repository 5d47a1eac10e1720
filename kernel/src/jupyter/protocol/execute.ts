import type { MimeBundle } from '../../host';
import type { CellError } from '../../runtime/contract';
import { Fields } from './fields';
import type { JsonObject } from './message';
import type { Payload } from './payload';

export interface ExecuteRequest {
  readonly code: string;
  readonly silent: boolean;
  /** False whenever `silent` is true, as the specification says. */
  readonly storeHistory: boolean;
  readonly userExpressions: Readonly<Record<string, string>>;
  readonly stopOnError: boolean;
  /** The front end answers `input_request`. */
  readonly allowStdin: boolean;
}

/** Reads an `execute_request`. Throws `HalfnoteError('invalid-request')` that names the field. */
export function parseExecute(content: JsonObject): ExecuteRequest {
  const fields = new Fields('execute_request', content);
  const silent = fields.boolean('silent', false);
  const expressions = fields.object('user_expressions', {});
  const each = new Fields('execute_request.user_expressions', expressions);
  return {
    code: fields.string('code'),
    silent,
    storeHistory: fields.boolean('store_history', true) && !silent,
    userExpressions: Object.fromEntries(
      Object.keys(expressions).map((name) => [name, each.string(name)]),
    ),
    stopOnError: fields.boolean('stop_on_error', true),
    allowStdin: fields.boolean('allow_stdin', false),
  };
}

export type ExpressionResult =
  | { readonly status: 'ok'; readonly data: MimeBundle; readonly metadata: JsonObject }
  | ({ readonly status: 'error' } & CellError);

export type ExecuteReply =
  | {
      readonly status: 'ok';
      readonly execution_count: number;
      readonly user_expressions: Readonly<Record<string, ExpressionResult>>;
      readonly payload: readonly Payload[];
    }
  | ({
      readonly status: 'error';
      readonly execution_count: number;
      readonly user_expressions: JsonObject;
      readonly payload: readonly [];
    } & CellError)
  | { readonly status: 'aborted'; readonly execution_count: number };
