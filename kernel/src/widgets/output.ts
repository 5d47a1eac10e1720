import { clearOutput, display } from '../display/display';
import { isInterrupt } from '../host';
import { listenedTo, showError, within } from './callbacks';
import { visible, type VisibleTraits } from './controls/common';
import { text, type Trait, wrong } from './model/trait';
import { begin } from './interrupted';
import { modelClass } from './model/widget';
import { OUTPUT } from './protocol';

/** An output as notebooks store it. */
export type StoredOutput = Readonly<Record<string, unknown>>;

/** What an output widget has. */
export interface OutputTraits extends VisibleTraits {
  /** The request whose outputs go here; empty where none do. */
  msgId: string;
  /** What it shows; the front end tells. */
  outputs: readonly StoredOutput[];
}

const outputs: Trait<readonly StoredOutput[]> = {
  initial: () => [],
  check: (value, where) => {
    if (Array.isArray(value)) return value as StoredOutput[];
    throw wrong(where, value, 'a list of outputs');
  },
  // A page has just drawn what it tells: to hear it again would draw it twice.
  echo: false,
};

/** What {@link Output.capture} gives for what ran in it: undefined where that has failed. */
export type Captured<R> = R extends Promise<infer V> ? Promise<V | undefined> : R | undefined;

/** Shows what runs in it: `const out = new Output(); out.capture(() => console.log('here'));`. */
export class Output extends modelClass<OutputTraits>({
  model: 'OutputModel',
  view: 'OutputView',
  package: OUTPUT,
  traits: { ...visible, msgId: text(''), outputs },
}) {
  /** The requests of what runs in it, the innermost last. */
  private readonly capturing: string[] = [];

  /**
   * Runs `work`, and shows here in place of in its cell what it prints and displays, until the promise that it
   * may return is settled. An error is shown here too, and gives undefined.
   */
  capture<R>(work: () => R): Captured<R> {
    const request = listenedTo();
    const done = this.begin(request);
    const failed = (error: unknown): undefined => {
      if (isInterrupt(error)) throw error;
      within(request, () => {
        showError(error);
      });
      return undefined;
    };
    let isPromised = false;
    try {
      const result = within(request, work);
      if (!(result instanceof Promise)) return result as Captured<R>;
      isPromised = true;
      return result.catch(failed).finally(done) as Captured<R>;
    } catch (error) {
      failed(error);
      return undefined as Captured<R>;
    } finally {
      if (!isPromised) done();
    }
  }

  /** Shows a value here. */
  show(value: unknown): void {
    this.capture(() => {
      display(value);
    });
  }

  /** Empties it; with `wait`, only when something new is shown, so that nothing flickers. */
  clearOutput(wait = false): void {
    this.capture(() => {
      clearOutput(wait);
    });
  }

  private begin(request = ''): () => void {
    this.capturing.push(request);
    this.msgId = request;
    const stopped = (): void => {
      const at = this.capturing.lastIndexOf(request);
      if (at < 0) return;
      this.capturing.splice(at, 1);
      this.msgId = this.capturing.at(-1) ?? '';
    };
    const ended = begin({ stopped });
    return () => {
      ended();
      stopped();
    };
  }
}
