import type { JournaledQuestion } from '../../payloads/comms';

/** Where the question that is open can be seen by pages that came after its cell was sent. */
export interface QuestionBoard {
  /** Replaces the question before; null: none is open. True where a page is there that may answer. */
  show(question: JournaledQuestion | null, answer?: (value: string) => void): boolean;
  /** What the page that is answered shows of the question and its answer. */
  note(requestId: string, text: string): void;
}
