import type { CarbonSettings } from '../../report/make/carbon';
import type { Report } from '../../report/schema';

/** What `halfnote report` is told; it stands in the report's settings, so that `verify` does the same. */
export interface RunSettings {
  /** `name=value` each. */
  readonly param: readonly string[];
  /** Seconds that one cell may take. */
  readonly timeout: number | undefined;
  readonly carbon: CarbonSettings;
}

type Settings = Report['settings'];

export function writtenSettings({ param, timeout, carbon }: RunSettings): Settings {
  const { region, gridIntensity, pue, wue, embodied } = carbon;
  const parameters = param.map((text) => {
    const at = text.indexOf('=');
    return [`param.${text.slice(0, at)}`, text.slice(at + 1)] as const;
  });
  return {
    timeoutS: timeout ?? null,
    region: region ?? null,
    gridIntensityGPerKWh: gridIntensity ?? null,
    pue: pue ?? null,
    wueLPerKWh: wue ?? null,
    embodiedKgCO2e: typeof embodied?.deviceKgCO2e === 'number' ? embodied.deviceKgCO2e : null,
    lifetimeYears: embodied?.lifetimeYears ?? null,
    ...Object.fromEntries(parameters),
  };
}

/** The inverse of {@link writtenSettings}. */
export function readSettings(settings: Settings): RunSettings {
  const number = (name: string): number | undefined => {
    const value = settings[name];
    return typeof value === 'number' ? value : undefined;
  };
  const region = settings['region'];
  const [deviceKgCO2e, lifetimeYears] = [number('embodiedKgCO2e'), number('lifetimeYears')];
  return {
    param: Object.entries(settings).flatMap(([name, value]) =>
      name.startsWith('param.') ? [`${name.slice('param.'.length)}=${String(value)}`] : [],
    ),
    timeout: number('timeoutS'),
    carbon: {
      region: typeof region === 'string' ? region : undefined,
      gridIntensity: number('gridIntensityGPerKWh'),
      pue: number('pue'),
      wue: number('wueLPerKWh'),
      embodied:
        deviceKgCO2e === undefined || lifetimeYears === undefined
          ? undefined
          : { deviceKgCO2e, lifetimeYears },
    },
  };
}
