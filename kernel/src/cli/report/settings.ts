import { readCarbon, type CarbonSettings } from '../../report/make/carbon-settings';
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

/** Carbon's stand there besides: see `writtenCarbon`. */
export function writtenSettings({ param, timeout }: Omit<RunSettings, 'carbon'>): Settings {
  const parameters = param.map((text) => {
    const at = text.indexOf('=');
    return [`param.${text.slice(0, at)}`, text.slice(at + 1)] as const;
  });
  return { timeoutS: timeout ?? null, ...Object.fromEntries(parameters) };
}

/** What a report was told, by its settings. */
export function readSettings(settings: Settings): RunSettings {
  const timeoutS = settings['timeoutS'];
  return {
    param: Object.entries(settings).flatMap(([name, value]) =>
      name.startsWith('param.') ? [`${name.slice('param.'.length)}=${String(value)}`] : [],
    ),
    timeout: typeof timeoutS === 'number' ? timeoutS : undefined,
    carbon: readCarbon(settings),
  };
}
