import { JOULES_PER_KWH } from '../units';
import type { Yaml } from './yaml';

/** Names of plugins and of the parameters that they read and write. */
export const DEVICE_PIPELINE = ['joules-to-kwh', 'operational-carbon'];
export const EMBODIED_PIPELINE = ['embodied-per-second', 'embodied-carbon'];

/** Built into Impact Framework: Divide and Multiply do all of it. */
export function pluginsOf(embodied: boolean): Yaml {
  return {
    'joules-to-kwh': divide('energy/joules', JOULES_PER_KWH, {
      name: 'energy',
      unit: 'kWh',
      description: "energy of the user's code, as measured: without the PUE",
    }),
    'operational-carbon': multiply(['energy', 'grid/carbon-intensity', 'pue'], {
      name: 'carbon-operational',
      unit: 'gCO2e',
      description: 'carbon of the electricity, with the PUE',
    }),
    ...(embodied ? embodiedPlugins() : {}),
  };
}

function embodiedPlugins(): Readonly<Record<string, Yaml>> {
  return {
    'embodied-per-second': divide('embodied/total', 'embodied/duration', {
      name: 'embodied/per-second',
      unit: 'gCO2e/s',
      description: "the run's share of making the hardware, by second of the run",
    }),
    'embodied-carbon': multiply(['embodied/per-second', 'duration'], {
      name: 'carbon-embodied',
      unit: 'gCO2e',
      description: "the run's share of making the hardware",
    }),
  };
}

interface Output {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

function divide(numerator: string, denominator: string | number, output: Output): Yaml {
  return {
    path: 'builtin',
    method: 'Divide',
    config: { numerator, denominator, output: output.name },
    'parameter-metadata': { outputs: summed(output) },
  };
}

function multiply(inputs: readonly string[], output: Output): Yaml {
  return {
    path: 'builtin',
    method: 'Multiply',
    config: { 'input-parameters': inputs, 'output-parameter': output.name },
    'parameter-metadata': { outputs: summed(output) },
  };
}

/** Without it Impact Framework leaves the parameter out of its totals, with no more than a warning. */
function summed({ name, unit, description }: Output): Yaml {
  return { [name]: { unit, description, 'aggregation-method': { time: 'sum', component: 'sum' } } };
}
