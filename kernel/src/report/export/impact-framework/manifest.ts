import type { Report } from '../../schema';
import type { ExportedFile } from '../exported-file';
import { baseName, caveats } from '../run-facts';
import { pluginsOf } from './plugins';
import { childrenOf } from './tree';
import { toYaml } from './yaml';

/**
 * A manifest that Impact Framework computes: a component a device, with the joules of the user's code,
 * and the embodied share as a component of its own. `if-run --manifest manifest.yml` gives energy in kWh
 * and carbon in gCO2e of each and of all.
 */
export function impactFrameworkFiles(report: Report): ExportedFile[] {
  const embodied = hasEmbodied(report);
  const metrics = ['energy', 'carbon-operational', ...(embodied ? ['carbon-embodied'] : [])];
  const manifest = {
    name: baseName(report.identity.notebook.name),
    description: descriptionOf(report),
    aggregation: { metrics, type: 'both' },
    initialize: { plugins: pluginsOf(embodied) },
    tree: { children: childrenOf(report, embodied) },
  };
  return [{ name: 'manifest.yml', text: toYaml(manifest) }];
}

/** Its plugins divide by the duration. */
function hasEmbodied({ carbon, energy }: Report): boolean {
  return carbon.embodiedG !== null && energy.durationS.value > 0;
}

function descriptionOf(report: Report): string {
  const { carbon, trials, identity } = report;
  const { intensity, sci } = carbon;
  const year = intensity.year === null ? '' : `, ${intensity.year}`;
  return [
    `Energy of the user's code, mean of ${trials} runs. Halfnote report ${identity.hash}.`,
    `Intensity of ${intensity.region}: ${intensity.source}${year}.`,
    ...(sci === null ? [] : [`SCI: ${sci.gramsPerUnit.value} gCO2e per ${sci.unit}.`]),
    ...caveats(report),
  ].join(' ');
}
