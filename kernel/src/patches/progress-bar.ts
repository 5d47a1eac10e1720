import { createRequire } from 'node:module';

/** The bar of the package `progress`, as far as it is changed here. */
interface Bar {
  readonly stream: { readonly isTTY?: boolean };
  /** Ends the bar's line. */
  terminate(): void;
}

/** The object through which tfjs-node's callback for `verbose: 1` makes its bars. */
interface BarHelper {
  ProgressBar: new (format: string, options: object) => Bar;
}

/**
 * Lets the bar of `model.fit` write nothing where there is no terminal to draw it on. It draws itself on
 * terminals only, but ends its line everywhere: in a notebook that newline is an empty block of stderr
 * after each epoch. What the callback logs of each epoch goes to stdout and stays.
 */
export function installProgressBar(tfjsNode: string): void {
  const { progressBarHelper: helper } = createRequire(__filename)(`${tfjsNode}/dist/callbacks`) as {
    readonly progressBarHelper: BarHelper;
  };
  helper.ProgressBar = class extends helper.ProgressBar {
    override terminate(): void {
      if (this.stream.isTTY === true) super.terminate();
    }
  };
}
