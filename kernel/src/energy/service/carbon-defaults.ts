import type { CarbonOptions } from '../carbon/factor';

/** What `setCarbon(true)` said last: it holds for reports that say nothing else, until `setCarbon(false)`. */
export class CarbonDefaults {
  #options: CarbonOptions = {};

  set(options: CarbonOptions): void {
    this.#options = options;
  }

  /** A region replaces a stated intensity, and the other way round. */
  merge({ region, gridIntensity, pue }: CarbonOptions): CarbonOptions {
    const defaults = this.#options;
    const grid =
      region === undefined && gridIntensity === undefined
        ? { region: defaults.region, gridIntensity: defaults.gridIntensity }
        : { region, gridIntensity };
    return { ...grid, pue: pue ?? defaults.pue };
  }
}
