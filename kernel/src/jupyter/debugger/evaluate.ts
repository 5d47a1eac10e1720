import { HalfnoteError } from '../../errors';
import { isJsonObject } from '../protocol/fields';
import type { JsonObject } from '../protocol/message';
import { inNotebook, missing, namesIn } from './expressions';
import type { Frame } from './frames';
import type { InspectorClient } from './inspector-client';
import type { Evaluated, RemoteObject } from './inspector-types';
import { HOOK } from './scripts';
import { OBJECTS } from './values';

export interface EvaluationPlace {
  /** Without one, the expression is one of the notebook's. */
  readonly frame: Frame | undefined;
  /** Nothing can be awaited then. */
  readonly isStopped: boolean;
}

/** The value of an expression. Rejects with what it throws. */
export async function valueOf(
  client: InspectorClient,
  expression: string,
  { frame, isStopped }: EvaluationPlace,
): Promise<RemoteObject> {
  const names = namesIn(expression);
  const asks = async (code: string, options: JsonObject): Promise<Evaluated> =>
    (await (frame
      ? client.request('Debugger.evaluateOnCallFrame', {
          ...{ expression: code, callFrameId: frame.call.callFrameId, silent: true },
          ...options,
        })
      : client.request('Runtime.evaluate', {
          ...{ expression: code, silent: true },
          ...options,
        }))) as unknown as Evaluated;
  const lacks = await asks(missing(names), { returnByValue: true });
  const isMissing = Array.isArray(lacks.result.value) ? (lacks.result.value as unknown[]) : [];
  const ofNotebook = (await asks(`Object.keys(${HOOK}.notebook())`, { returnByValue: true })).result
    .value as readonly string[];
  const others = names.filter((name, i) => isMissing[i] === true && ofNotebook.includes(name));
  const { result, exceptionDetails } = await asks(inNotebook(expression, others), {
    objectGroup: OBJECTS,
    ...(!frame && { awaitPromise: !isStopped }),
  });
  if (!exceptionDetails) return result;
  const { exception, text } = exceptionDetails;
  const [line = text] = (exception?.description ?? text).split('\n');
  throw new HalfnoteError('invalid-request', `${line} (in "${expression}")`);
}

/** An object as a cell would show it, by MIME type; undefined where it can't be shown so. */
export async function richly(
  client: InspectorClient,
  objectId: string,
  isStopped: boolean,
): Promise<JsonObject | undefined> {
  const { result } = (await client.request('Runtime.callFunctionOn', {
    functionDeclaration: `function (value) { return ${HOOK}.${isStopped ? 'showNow' : 'show'}(value); }`,
    ...{ objectId, arguments: [{ objectId }], returnByValue: true },
    ...{ awaitPromise: !isStopped, silent: true },
  })) as unknown as Evaluated;
  return isJsonObject(result.value) ? result.value : undefined;
}
