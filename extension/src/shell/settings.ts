import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** What schema/shell.json says. */
export interface ShellSettings {
  readonly toolbarPrecision: boolean;
  readonly energyStatus: boolean;
  readonly refreshS: number;
}

const DEFAULTS: ShellSettings = { toolbarPrecision: true, energyStatus: true, refreshS: 2 };

/** Calls `heard` with the settings now, and at each change; with the defaults where there is no registry. */
export async function readSettings(
  registry: ISettingRegistry | null,
  id: string,
  heard: (settings: ShellSettings) => void,
): Promise<void> {
  if (registry === null) {
    heard(DEFAULTS);
    return;
  }
  try {
    const settings = await registry.load(id);
    const tell = (): void => {
      heard({ ...DEFAULTS, ...(settings.composite as Partial<ShellSettings>) });
    };
    settings.changed.connect(tell);
    tell();
  } catch {
    // The schema is not served, as from a checkout that is being built.
    heard(DEFAULTS);
  }
}
