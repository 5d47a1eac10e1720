import { count } from '../words';
import type { Decision } from './decide';

/** What was done, and where nothing was, as sentences. */
export function scalingNotes(name: string, decisions: readonly Decision[]): string[] {
  if (decisions.length === 0) {
    const inputs = name === 'AWQ' ? 'float' : 'integers';
    return [`${name} found no products in int8 to int2 whose input is in ${inputs}.`];
  }
  const scaled = decisions.filter(({ factors }) => factors !== undefined);
  const layers = scaled.reduce((sum, { group }) => sum + group.nodes.length, 0);
  const own = scaled.filter(({ group }) => group.source.node === undefined);
  const shrunk = decisions.flatMap(({ clippedScales }) => clippedScales);
  const clipped = shrunk.reduce((sum, n) => sum + n, 0);
  const notes = [
    `${name} scaled the inputs of ${count(layers, 'layer')}; the division is part of the layer before them in ${scaled.length - own.length} of ${count(scaled.length, 'case')}${own.length === 0 ? '' : `, and a layer of its own before ${own.map(({ group }) => group.nodes[0]?.id).join(', ')}`}.`,
  ];
  if (clipped > 0) notes.push(`${name} shrank ${count(clipped, 'scale')} of weights.`);
  for (const { group, kept } of decisions) {
    if (kept === undefined) continue;
    notes.push(`${name} left the input of ${group.nodes.map(({ id }) => id).join(', ')}: ${kept}.`);
  }
  return notes;
}
