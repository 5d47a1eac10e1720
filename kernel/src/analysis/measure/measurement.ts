import type { TrialsResult, VariantComparison, VariantFigures } from '../../energy/trials/result';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { measurementBundle } from './view';

/** Energy and time of one or several works by many trials; shows itself as a table under its verdict. */
export class Measurement implements Displayable {
  constructor(readonly result: TrialsResult) {}

  /** Whether the figures may be believed; `result.verdict` says why not. */
  get valid(): boolean {
    return this.result.verdict.valid;
  }

  /** The figures of one variant, or undefined; of the only one without a name. */
  figures(name?: string): VariantFigures | undefined {
    const { variants } = this.result;
    return name === undefined
      ? variants.length === 1
        ? variants[0]
        : undefined
      : variants.find((variant) => variant.name === name);
  }

  /** How a variant compares with the first one, or undefined. */
  comparison(name: string): VariantComparison | undefined {
    return this.result.comparisons.find((comparison) => comparison.name === name);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return measurementBundle(this.result);
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}
