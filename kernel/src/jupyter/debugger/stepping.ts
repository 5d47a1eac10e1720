import type { CallFrame } from './inspector-types';
import type { Frame } from './frames';

export type StepKind = 'next' | 'stepIn' | 'stepOut';

const COMMANDS = {
  next: 'Debugger.stepOver',
  stepIn: 'Debugger.stepInto',
  stepOut: 'Debugger.stepOut',
} as const;

type StepCommand = (typeof COMMANDS)[StepKind];

/** A line may have as many statements; a loop on one line goes on for ever otherwise. */
const MOST_STATEMENTS = 200;

/** A step of the user's, by lines: V8 takes one statement at a time. */
export class Step {
  private statements = 0;

  /** `from` is where it starts. */
  constructor(
    private readonly kind: StepKind,
    private readonly from: Frame | undefined,
    private readonly depth: number,
  ) {}

  get command(): StepCommand {
    return COMMANDS[this.kind];
  }

  /** What to do where V8 has stopped, `top` being a frame of the user's: undefined if the step ends here. */
  after(
    top: Frame | undefined,
    calls: readonly CallFrame[],
    hasUsersBelow: boolean,
  ): StepCommand | 'Debugger.resume' | undefined {
    if (!top) return hasUsersBelow ? 'Debugger.stepOut' : 'Debugger.resume';
    if (this.kind === 'stepOut' || ++this.statements >= MOST_STATEMENTS) return undefined;
    return this.isSameLine(top, calls.length) ? this.command : undefined;
  }

  private isSameLine(top: Frame, depth: number): boolean {
    const { from } = this;
    return (
      from !== undefined &&
      from.path === top.path &&
      from.line === top.line &&
      depth <= this.depth &&
      isSamePlace(from.call, top.call)
    );
  }
}

function isSamePlace(
  { functionLocation: a }: CallFrame,
  { functionLocation: b }: CallFrame,
): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.scriptId === b.scriptId &&
    a.lineNumber === b.lineNumber &&
    a.columnNumber === b.columnNumber
  );
}
