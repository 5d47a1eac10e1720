import { createRequire } from 'node:module';
import { TFJS_NODE } from '../backend/tensorflow/addon';
import { host } from '../host';
import { replaceProperty } from './methods';
import type { Patch } from './patch';

/** The bar of the package `progress`, as far as it is changed here. */
interface Bar {
  readonly stream: { readonly isTTY?: boolean };
  /** Ends the bar's line. */
  terminate(): void;
}

/** The object through which tfjs-node's callback for `verbose: 1` makes its bars. */
interface BarHelper {
  ProgressBar: new (format: string, options: object) => Bar;
  log(...values: unknown[]): void;
}

/** A notebook shows a training as one output; in a plain script the callback logs each epoch. */
export const epochLog: Patch = {
  target: 'tfjs-node callbacks.progressBarHelper',
  member: 'log',
  why: 'In a notebook epochs are rows of the training that the cell shows, not lines of stdout.',
  on: 'native',
  isThere: () => typeof barHelper().log === 'function',
  install() {
    const helper = barHelper();
    const log = helper.log.bind(helper);
    return replaceProperty(helper, 'log', (...values: unknown[]) => {
      if (host() === undefined) log(...values);
    });
  },
};

/** The bar draws itself on terminals only, but ends its line everywhere. */
export const progressBar: Patch = {
  target: 'tfjs-node callbacks.progressBarHelper',
  member: 'ProgressBar',
  why: 'In a notebook the newline after each epoch is an empty block of stderr.',
  on: 'native',
  isThere: () => typeof barHelper().ProgressBar === 'function',
  install() {
    const helper = barHelper();
    return replaceProperty(
      helper,
      'ProgressBar',
      class extends helper.ProgressBar {
        override terminate(): void {
          if (this.stream.isTTY === true) super.terminate();
        }
      },
    );
  },
};

function barHelper(): BarHelper {
  const callbacks = createRequire(__filename)(`${TFJS_NODE}/dist/callbacks`) as {
    readonly progressBarHelper: BarHelper;
  };
  return callbacks.progressBarHelper;
}
