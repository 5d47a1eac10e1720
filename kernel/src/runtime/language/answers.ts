import type { LanguageRequest, LanguageResponse } from './requests';
import { createLanguage, type Language } from './language';
import { withoutOptimizing } from './without-optimizing';

/** A cell that makes the first program, and with it all that later ones find there. */
export const WARM_UP = '0';
/** Long enough for the first cell of a notebook that is run as a whole to come first. */
const READ_AHEAD_AFTER_MS = 100;

/** What is done while nobody asks for anything. */
export interface Chore {
  readonly afterMs: number;
  readonly run: () => void;
}

/** Answers requests for the language of a notebook's folder, in order, and does its chores in between. */
export class Answers {
  private language: Language | undefined;
  private readonly chores: Chore[];
  private waiting: NodeJS.Timeout | undefined;

  /** `chores`: one after the other, behind the language's own. */
  constructor(
    private readonly cwd: string,
    chores: readonly Chore[] = [],
  ) {
    this.chores = [
      {
        afterMs: READ_AHEAD_AFTER_MS,
        run: () => {
          this.readAhead();
        },
      },
      ...chores,
    ];
  }

  /** Hands each answer to `tell` before it goes on. */
  answer(
    requests: readonly LanguageRequest[],
    tell: (responses: readonly LanguageResponse[]) => void,
  ): void {
    clearTimeout(this.waiting);
    tell(requests.map((request) => this.answerOne(request)));
    this.scheduleChore();
  }

  private answerOne({ id, method, args }: LanguageRequest): LanguageResponse {
    try {
      if (method === 'warmUp') {
        // The first program takes as long as all else; what it finds is thrown away.
        this.language ??= withoutOptimizing(() => this.warmLanguage());
        return { id, ok: true, value: undefined };
      }
      this.language ??= createLanguage(this.cwd);
      const methods = this.language as unknown as Readonly<
        Record<string, (...args: unknown[]) => unknown>
      >;
      return { id, ok: true, value: methods[method]?.(...args) };
    } catch (error) {
      return { id, ok: false, error };
    }
  }

  private warmLanguage(): Language {
    const made = createLanguage(this.cwd);
    made.compile(WARM_UP, 0);
    made.reset();
    return made;
  }

  private readAhead(): void {
    withoutOptimizing(() => {
      this.language?.readAhead();
    });
  }

  private scheduleChore(): void {
    const chore = this.chores[0];
    if (!chore) return;
    this.waiting = setTimeout(() => {
      this.chores.shift();
      chore.run();
      this.scheduleChore();
    }, chore.afterMs);
  }
}
