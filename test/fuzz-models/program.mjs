/** A model as a TypeScript program that anybody can run. */
import { build } from './build.mjs';
import { inputValues } from './data.mjs';

export function program(spec, kit, check) {
  const own = new Set();
  const lines = [];
  modelLines(spec, 'model', lines, own);
  const model = build(kit, spec);
  const weights = model.getWeights();
  lines.push('model.setWeights([');
  for (const weight of weights)
    lines.push(`  tf.tensor(${listOf(weight.dataSync())}, ${JSON.stringify(weight.shape)}),`);
  lines.push(']);');
  inputValues(spec).forEach((values, i) => {
    const { id, shape, dtype = 'float32' } = spec.inputs[i];
    lines.push(
      `const ${id}Values = tf.tensor(${listOf(values)}, ${JSON.stringify([spec.rows, ...shape])}, '${dtype}');`,
    );
  });
  const x = spec.inputs.map(({ id }) => `${id}Values`);
  lines.push(`const x = ${x.length === 1 ? x[0] : `[${x.join(', ')}]`};`);
  lines.push('console.log(String(model.predict(x)));', `// What is wrong: ${check.name}`);
  const imports = [...own].sort().join(', ');
  return [
    "import * as tf from '@tensorflow/tfjs';",
    `import { ensureBackend${imports && `, ${imports}`} } from 'halfnote';`,
    '',
    'await ensureBackend();',
    ...lines,
  ].join('\n');
}

function modelLines(spec, name, lines, own) {
  for (const { id, shape, dtype } of spec.inputs) {
    lines.push(
      `const ${id} = tf.input(${JSON.stringify({ shape, name: id, ...(dtype ? { dtype } : {}) })});`,
    );
  }
  const layers = new Map();
  for (const { id, layer, model, again, as = id, from } of spec.nodes) {
    const variable = `${id}Layer`;
    const made = layers.get(again) ?? variable;
    if (model !== undefined) modelLines(model, variable, lines, own);
    else if (again === undefined) lines.push(`const ${variable} = ${layerText(layer, own, as)};`);
    layers.set(id, made);
    const inputs = from.length === 1 ? from[0] : `[${from.join(', ')}]`;
    lines.push(`const ${id} = ${made}.apply(${inputs}) as tf.SymbolicTensor;`);
  }
  const inputs = spec.inputs.map(({ id }) => id).join(', ');
  lines.push(
    `const ${name} = tf.model({ inputs: [${inputs}], outputs: [${spec.outputs.join(', ')}] });`,
  );
}

function layerText({ kind, args, own: isOwn }, own, name) {
  if (isOwn) own.add(kind);
  const { layer, ...rest } = args;
  const parts = Object.entries({ ...rest, ...(name ? { name } : {}) })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  if (layer !== undefined) parts.push(`layer: ${layerText(layer, own)}`);
  return `${isOwn ? '' : 'tf.layers.'}${kind}({ ${parts.join(', ')} })`;
}

const listOf = (values) =>
  `[${Array.from(values, (value) => (Object.is(value, -0) ? '-0' : String(value))).join(', ')}]`;
