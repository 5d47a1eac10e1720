import type { DisplayOutput } from '../../host';
import type { CellError, CellOutput } from '../../runtime/contract';
import type { JsonObject } from './message';

/** A message on IOPub without its parent. */
export interface OutputMessage {
  readonly type: string;
  readonly content: JsonObject;
}

export function statusMessage(state: 'starting' | 'busy' | 'idle'): OutputMessage {
  return { type: 'status', content: { execution_state: state } };
}

export function executeInputMessage(code: string, executionCount: number): OutputMessage {
  return { type: 'execute_input', content: { code, execution_count: executionCount } };
}

export function streamMessage(name: 'stdout' | 'stderr', text: string): OutputMessage {
  return { type: 'stream', content: { name, text } };
}

export function errorMessage(error: CellError): OutputMessage {
  return { type: 'error', content: { ...error } };
}

export function resultMessage(
  result: Extract<CellOutput, { kind: 'result' }>,
  executionCount: number,
): OutputMessage {
  const { data, metadata } = result;
  return { type: 'execute_result', content: { execution_count: executionCount, data, metadata } };
}

export function displayMessage(output: DisplayOutput): OutputMessage {
  return {
    type: output.update ? 'update_display_data' : 'display_data',
    content: {
      data: output.data,
      metadata: output.metadata ?? {},
      transient: output.displayId === undefined ? {} : { display_id: output.displayId },
    },
  };
}

export function clearMessage(wait: boolean): OutputMessage {
  return { type: 'clear_output', content: { wait } };
}
