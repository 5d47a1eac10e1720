import { fieldsOf } from './fields';

/** The comm target by which a page that comes back asks for the outputs of runs that no file has yet. */
export const JOURNAL_TARGET = 'halfnote.journal';

/**
 * An IOPub message of a run: `stream`, `display_data`, `execute_result`, `error`, `clear_output`, or the
 * `update_display_data` of a display that a file has.
 */
export interface JournaledOutput {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** An output in a file that may be updated, and where it stands among its cell's. */
export interface SavedDisplay {
  readonly id: string;
  readonly place: number;
}

/** What a saved file has of a run. */
export interface SavedOutputs {
  readonly count: number;
  readonly displays: readonly SavedDisplay[];
}

/** A cell's last run, as far as it has come. */
export interface JournaledRun {
  /** Of the cell, in the notebook's file. */
  readonly cellId: string;
  /** `msg_id` of the request: later IOPub messages name it as their parent. */
  readonly requestId: string;
  /** Null until it runs, and for good where it never ran. */
  readonly executionCount: number | null;
  readonly state: 'queued' | 'running' | 'ended';
  readonly outputs: readonly JournaledOutput[];
  /** Bytes of outputs that are not kept any more, the oldest ones. */
  readonly omittedBytes: number;
  /** Where a saved file has what it had shown, its outputs are those that came later; null where none has. */
  readonly saved: SavedOutputs | null;
}

/** What a run asks the user: `input(prompt)`. */
export interface JournaledQuestion {
  readonly id: string;
  /** Of the run: only a page that shows it, and that didn't begin it, is to ask. */
  readonly requestId: string;
  readonly prompt: string;
  /** True: what is typed isn't shown. */
  readonly password: boolean;
}

/**
 * Kernel to page, when the comm opens: each run, at last none, and then the question that is open. What
 * runs show later comes as IOPub messages; of questions each one is told, and null when it is not open any
 * more.
 */
export type JournalMessage =
  | { readonly run: JournaledRun | null; readonly question?: never }
  | { readonly question: JournaledQuestion | null; readonly run?: never };

/** Page to kernel: what the user has typed. */
export interface AnswerMessage {
  readonly answer: { readonly id: string; readonly value: string };
}

/** Page to kernel, when the comm opens and when the name changes: whose runs the page is to hear of. */
export interface OpeningMessage {
  /** The path of the notebook's session: a copy of a notebook, with the same cells, has another. */
  readonly notebook: string;
}

/** Page to kernel: a file that was saved has these runs, so that nobody needs them any more. */
export interface KeptMessage {
  readonly requestIds: readonly string[];
  /** The cells of the notebook that was saved: others may share its kernel. */
  readonly cellIds: readonly string[];
}

/** A message as it came from the kernel; undefined where it is none. */
export function journalMessage(data: unknown): JournalMessage | undefined {
  const { run, question } = fieldsOf(data);
  if (run === null) return { run };
  if (question !== undefined) {
    return question === null || isQuestion(question) ? { question } : undefined;
  }
  const { cellId, requestId, executionCount, state, outputs, omittedBytes, saved } = fieldsOf(run);
  const isRun =
    typeof cellId === 'string' &&
    typeof requestId === 'string' &&
    (executionCount === null || Number.isInteger(executionCount)) &&
    (state === 'queued' || state === 'running' || state === 'ended') &&
    typeof omittedBytes === 'number' &&
    (saved === null || isSaved(saved)) &&
    Array.isArray(outputs) &&
    outputs.every(isOutput);
  return isRun ? { run: run as JournaledRun } : undefined;
}

function isSaved(value: unknown): boolean {
  const { count, displays } = fieldsOf(value);
  const isDisplay = (display: unknown): boolean => {
    const { id, place } = fieldsOf(display);
    return typeof id === 'string' && Number.isSafeInteger(place);
  };
  return Number.isSafeInteger(count) && Array.isArray(displays) && displays.every(isDisplay);
}

function isQuestion(value: unknown): value is JournaledQuestion {
  const { id, requestId, prompt, password } = fieldsOf(value);
  return (
    [id, requestId, prompt].every((text) => typeof text === 'string') &&
    typeof password === 'boolean'
  );
}

function isOutput(value: unknown): boolean {
  const { type, content } = fieldsOf(value);
  return typeof type === 'string' && typeof content === 'object' && content !== null;
}
