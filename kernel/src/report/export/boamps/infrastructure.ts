import { HalfnoteError } from '../../../errors';
import type { Report } from '../../schema';
import { codeOf, countryOf } from '../country';
import { INFRASTRUCTURE_TYPES } from '../export-options';
import type { InfrastructureType, ReportExportOptions } from '../export-options';
import { counted } from '../run-facts';
import { BYTES_PER_GB } from '../units';

export function infrastructureOf({ hardware, energy }: Report, options: ReportExportOptions) {
  // A counter is one socket's, a model is of the whole machine.
  const packages = energy.devices.filter(
    ({ component, method }) => component === 'cpu' && method === 'counter',
  );
  const gpus = counted(hardware.gpus.map(({ name }) => name));
  return {
    infraType: typeOf(options.infrastructure),
    components: [
      {
        componentName: hardware.cpu.model,
        componentType: 'cpu',
        nbComponent: Math.max(1, packages.length),
      },
      {
        componentType: 'ram',
        nbComponent: 1,
        memorySize: hardware.memoryBytes / BYTES_PER_GB,
      },
      ...gpus.map(([componentName, nbComponent]) => ({
        componentName,
        componentType: 'gpu',
        nbComponent,
      })),
    ],
  };
}

/** Throws `invalid-argument`: on the command line it is any word. */
function typeOf(given: InfrastructureType | undefined): InfrastructureType {
  if (given === undefined) return 'other';
  if (INFRASTRUCTURE_TYPES.includes(given)) return given;
  throw new HalfnoteError(
    'invalid-argument',
    `Unknown infrastructure '${given as string}'. Allowed: ${INFRASTRUCTURE_TYPES.join(', ')}.`,
  );
}

/** BoAmps wants a country; where the intensity is of no country, its region stands there as it is. */
export function environmentOf({ carbon }: Report) {
  const { region, gramsPerKWh } = carbon.intensity;
  const country = countryOf(region);
  return {
    country: country?.name ?? `unknown (intensity of ${region})`,
    ...(country === undefined || country.code === codeOf(region) ? {} : { location: region }),
    powerSourceCarbonIntensity: gramsPerKWh.value,
  };
}
