import { randomUUID } from 'node:crypto';
import { HalfnoteError } from '../../errors';
import { parseInputReply, parsePrompt } from '../protocol/input';
import type { InputPrompt } from '../protocol/input';
import type { JsonObject, Outbox, Request } from '../protocol/message';
import type { CallHandler } from './calls';
import type { QuestionBoard } from './question-board';

interface Question {
  /** The message id of our `input_request`, which a reply names as its parent. */
  readonly id: string;
  readonly request: Request;
  readonly prompt: InputPrompt;
  resolve(value: string): void;
  reject(error: Error): void;
}

/**
 * Questions of cells to the user. They go to the front end that sent the cell, and to pages that came
 * after it, one at a time: a front end shows one prompt.
 */
export class Inputs {
  /** Requests whose cells run, and whether their front end can be asked. */
  private readonly running = new Map<
    string,
    { readonly request: Request; readonly may: boolean }
  >();
  /** The first one is with the user. */
  private questions: Question[] = [];

  constructor(
    private readonly outbox: Outbox,
    private readonly board: QuestionBoard,
  ) {}

  /** `Host.call('input.request', {prompt, password})` resolves with what the user typed. */
  readonly calls: Readonly<Record<string, CallHandler>> = {
    'input.request': (requestId, params) => this.ask(requestId, params),
  };

  /** From now on the cell of this request may ask, if its front end allows it. */
  open(request: Request, may: boolean): void {
    this.running.set(request.header.msg_id, { request, may });
  }

  /** The cell has ended: nobody waits for its answers. */
  close(requestId: string): void {
    this.running.delete(requestId);
    const isMine = (question: Question): boolean => question.request.header.msg_id === requestId;
    const mine = this.questions.filter(isMine);
    if (mine.length === 0) return;
    const wasAsking = this.questions[0];
    this.questions = this.questions.filter((question) => !isMine(question));
    for (const question of mine) question.reject(ended());
    if (this.questions[0] !== wasAsking) void this.askNext();
  }

  /** Takes an `input_reply`. One to a question that is no longer asked is ignored. */
  handleReply(reply: Request): void {
    const question = this.questions[0];
    // Some clients name no parent: then it is for the question that is open.
    const parent = reply.parentHeader['msg_id'] ?? question?.id;
    if (question === undefined || parent !== question.id) return;
    this.take(question, reply.content);
  }

  private take(question: Question, content: JsonObject): void {
    this.questions.shift();
    try {
      const value = parseInputReply(content);
      this.board.note(question.request.header.msg_id, echoOf(question.prompt, value));
      question.resolve(value);
    } catch (error) {
      question.reject(error instanceof Error ? error : new Error(String(error)));
    }
    void this.askNext();
  }

  private ask(requestId: string, params: JsonObject): Promise<string> {
    const prompt = parsePrompt(params);
    const cell = this.running.get(requestId);
    if (cell === undefined) throw ended();
    if (!cell.may) throw noStdin('the front end allows no questions (allow_stdin is false)');
    return new Promise((resolve, reject) => {
      const { request } = cell;
      this.questions.push({ id: randomUUID(), request, prompt, resolve, reject });
      if (this.questions.length === 1) void this.askNext();
    });
  }

  private async askNext(): Promise<void> {
    const question = this.questions[0];
    if (question === undefined) {
      this.board.show(null);
      return;
    }
    const { id, request, prompt } = question;
    const isShown = this.board.show(
      { id, requestId: request.header.msg_id, ...prompt },
      (value) => {
        if (this.questions[0] === question) this.take(question, { value });
      },
    );
    const isAsked = await this.outbox.ask(request, id, {
      type: 'input_request',
      content: prompt,
    });
    if (isAsked || isShown) return;
    if (this.questions[0] !== question) return;
    this.questions.shift();
    question.reject(noStdin('the front end listens on no stdin socket'));
    void this.askNext();
  }
}

/** What a front end shows of a question and its answer. */
function echoOf({ prompt, password }: InputPrompt, value: string): string {
  return `${prompt} ${password ? '········' : value}\n`;
}

function noStdin(reason: string): HalfnoteError {
  return new HalfnoteError(
    'no-stdin',
    `The user can't be asked for input: ${reason}.`,
    'Run the cell in JupyterLab or Notebook, or take the value from process.env.',
  );
}

function ended(): HalfnoteError {
  return new HalfnoteError(
    'cell-ended',
    'The cell that asked for input has ended.',
    'Wait for the answer in the cell: await input(...).',
  );
}
