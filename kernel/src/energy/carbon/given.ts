import type { CarbonOptions } from './factor';

/** Only what is given: `undefined` would not survive the way to the kernel alike everywhere. */
export function given(options: CarbonOptions): CarbonOptions {
  const { region, pue, gridIntensity } = options;
  return {
    ...(region === undefined ? {} : { region }),
    ...(pue === undefined ? {} : { pue }),
    ...(gridIntensity === undefined ? {} : { gridIntensity }),
  };
}
