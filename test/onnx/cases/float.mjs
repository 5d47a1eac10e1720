/** Float models: each kind of layer alone or among its neighbors, written in fp32, fp16 and int4. */
import { layerModels } from './layers.mjs';
import { compositeModels } from './models.mjs';
import { expectInt4, inputsFor, predict, randomize } from './model-data.mjs';

/** How far outputs may be off: by the format's rounding, once for each of a few layers. */
const TOLERANCES = {
  fp32: { absolute: 2e-6, relative: 1e-5 },
  fp16: { absolute: 2e-4, relative: 2e-3 },
  int4: { absolute: 1e-5, relative: 2e-5 },
};

export function* floatCases() {
  for (const models of [layerModels, compositeModels]) {
    for (const [name, spec] of Object.entries(models)) {
      for (const format of spec.formats ?? ['fp32', 'fp16']) {
        yield { name: `${name}, ${format}`, write: () => floatCase(spec, format) };
      }
    }
  }
}

function floatCase(spec, format) {
  const model = spec.model();
  randomize(model);
  const inputs = inputsFor(model, spec);
  const bytes = halfnote.exportOnnx(model, { format, ...spec.options });
  const outputs = format === 'int4' ? expectInt4(model, inputs) : predict(model, inputs);
  const tolerance = { ...TOLERANCES[format], ...spec.tolerance?.[format] };
  return { bytes, inputs, outputs, format, operators: spec.operators, ...tolerance };
}
