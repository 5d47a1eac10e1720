/** Makes a failing model smaller, as long as it fails in the same way. */
import { build } from './build.mjs';
import { pruned } from './generate.mjs';

const BUDGET_MS = 15_000;

/** @param {(spec: object) => Promise<string | undefined>} fails how a model fails, if it does */
export async function shrink(spec, kit, fails) {
  const end = performance.now() + BUDGET_MS;
  const kind = kindOf(await fails(spec));
  let smallest = spec;
  for (let changed = true; changed;) {
    changed = false;
    for (const candidate of smaller(smallest)) {
      if (performance.now() > end) return smallest;
      if (!isBuilt(candidate, kit) || kindOf(await fails(candidate)) !== kind) continue;
      smallest = candidate;
      changed = true;
      break;
    }
  }
  return smallest;
}

/** What is wrong, without the numbers. */
const kindOf = (detail) => detail?.replaceAll(/-?\d[\d.e+-]*|NaN|-?Infinity/g, '#').slice(0, 60);

function isBuilt(spec, kit) {
  try {
    build(kit, spec);
    return true;
  } catch {
    return false;
  } finally {
    kit.tf.disposeVariables();
  }
}

function* smaller(spec) {
  const { nodes, outputs, inputs, rows } = spec;
  for (const id of outputs) if (outputs.length > 1) yield pruned({ ...spec, outputs: [id] });
  // Without a node: who read it reads what it read.
  for (const { id, from } of nodes.toReversed()) {
    const instead = (name) => (name === id ? from[0] : name);
    const left = nodes
      .filter((node) => node.id !== id && node.again !== id)
      .map((node) => ({ ...node, from: node.from.map(instead) }));
    const ends = outputs.map(instead).filter((name) => left.some((node) => node.id === name));
    if (ends.length > 0) yield pruned({ ...spec, nodes: left, outputs: [...new Set(ends)] });
  }
  if (rows > 1) yield { ...spec, rows: 1 };
  if (rows > 2) yield { ...spec, rows: rows - 1 };
  for (const style of ['ones', 'normal']) {
    for (const input of inputs) {
      if (input.tokens !== undefined || input.style === style || input.style === 'ones') continue;
      yield {
        ...spec,
        inputs: inputs.map((other) => (other === input ? { ...input, style } : other)),
      };
    }
    for (const node of nodes) {
      if (node.style === undefined || node.style === style || node.style === 'ones') continue;
      yield { ...spec, nodes: replaced(nodes, node, { ...node, style }) };
    }
  }
  for (const node of nodes) {
    for (const name of Object.keys(node.layer?.args ?? {})) {
      const args = { ...node.layer.args };
      delete args[name];
      yield { ...spec, nodes: replaced(nodes, node, { ...node, layer: { ...node.layer, args } }) };
    }
  }
}

const replaced = (nodes, node, by) => nodes.map((other) => (other === node ? by : other));
