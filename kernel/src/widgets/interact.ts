import { clearOutput, display } from '../display/display';
import { HalfnoteError, shown } from '../errors';
import { type Control, controlOf, Fixed, type ValueOf } from './abbreviations';
import { VBox } from './controls/boxes';
import { Button } from './controls/button';
import { Text } from './controls/strings';
import { begin } from './interrupted';
import { AnyWidget } from './model/any-widget';
import { Output } from './output';

/** The values of controls, by their names. */
export type ValuesOf<C> = { readonly [K in keyof C]: ValueOf<C[K]> };

export interface InteractOptions {
  /** True: the function is called at the click of a button, not at each change. */
  readonly manual?: boolean;
  /** The words on that button. Default: `Run Interact`. */
  readonly manualName?: string;
}

interface Parts {
  readonly run: (values: never) => unknown;
  readonly controls: ReadonlyMap<string, Control>;
  readonly button: Button | undefined;
  readonly out: Output;
}

/** Controls, and below them what a function shows of their values. */
export class Interactive<V = object> extends VBox {
  /** What the last call has returned; of a promise, what came of it. */
  result: unknown;
  private running = Promise.resolve();
  private isRunning = false;
  private isStale = false;

  constructor(private readonly parts: Parts) {
    const { controls, button, out } = parts;
    const widgets = [...controls.values()].filter((one) => one instanceof AnyWidget);
    super([...widgets, ...(button === undefined ? [] : [button]), out], {
      domClasses: ['widget-interact'],
    });
    this.listen();
  }

  /** The values of the controls as they are. */
  get values(): V {
    const { controls } = this.parts;
    return Object.fromEntries([...controls].map(([name, { value }]) => [name, value])) as V;
  }

  /**
   * Calls the function with the values as they are. While it waits for something it isn't called again, but
   * once more after that if a value has changed.
   */
  update(): Promise<void> {
    if (this.isRunning) this.isStale = true;
    else this.running = this.call();
    return this.running;
  }

  private async call(): Promise<void> {
    const { button } = this.parts;
    this.isRunning = true;
    const ended = begin({
      stopped: () => {
        this.finish();
      },
    });
    if (button !== undefined) button.disabled = true;
    try {
      do {
        this.isStale = false;
        const once = this.once();
        if (once !== undefined) await once;
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set while it was awaited
      } while (this.isStale);
    } finally {
      ended();
      this.finish();
    }
  }

  private finish(): void {
    const { button } = this.parts;
    this.isRunning = false;
    if (button !== undefined) button.disabled = false;
  }

  private once(): Promise<unknown> | undefined {
    const { run, out } = this.parts;
    const shows = (result: unknown): void => {
      this.result = result;
      if (result !== undefined) display(result);
    };
    return out.capture((): Promise<void> | undefined => {
      clearOutput(true);
      const result = run(this.values as never);
      if (result instanceof Promise) return result.then(shows);
      shows(result);
      return undefined;
    });
  }

  private listen(): void {
    const { controls, button } = this.parts;
    button?.onClick(() => this.update());
    for (const control of controls.values()) {
      if (control instanceof Fixed) continue;
      if (button === undefined) control.onChange(() => this.update());
      else if (control instanceof Text) {
        // Enter is as good as the button.
        control.continuousUpdate = false;
        control.onChange(() => this.update());
      }
    }
  }
}

/**
 * Controls for the arguments of a function, and below them what it prints, displays and returns; not yet
 * shown: display it, or put it into a box. See {@link interact}.
 * @throws HalfnoteError `invalid-argument` for what is no abbreviation of a control.
 */
export function interactive<const C extends Readonly<Record<string, unknown>>>(
  run: (values: ValuesOf<C>) => unknown,
  controls: C,
  { manual = false, manualName = 'Run Interact' }: InteractOptions = {},
): Interactive<ValuesOf<C>> {
  if (typeof run !== 'function')
    throw new HalfnoteError(
      'invalid-argument',
      `interact: the first argument is ${shown(run)}. Allowed: a function of an object of values.`,
      'interact(({ x }) => x * x, { x: [0, 10] })',
    );
  const entries = Object.entries(controls).map(
    ([name, one]) => [name, controlOf(name, one)] as const,
  );
  const made = new Interactive<ValuesOf<C>>({
    run,
    controls: new Map(entries),
    button: manual ? new Button({ description: manualName }) : undefined,
    out: new Output(),
  });
  if (!manual) void made.update();
  return made;
}

/**
 * Shows controls for the arguments of a function, and below them what it prints, displays and returns; it is
 * called anew at each change: `interact(({ x, y }) => x ** y, { x: [0, 10], y: [1, 3] })`.
 * @throws HalfnoteError `invalid-argument` for what is no abbreviation of a control.
 */
export function interact<const C extends Readonly<Record<string, unknown>>>(
  run: (values: ValuesOf<C>) => unknown,
  controls: C,
  options: InteractOptions = {},
): void {
  display(interactive(run, controls, options));
}
