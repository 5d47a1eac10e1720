import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { flag, withShort } from '../language/parameters';

export const reset = defineMagic({
  name: 'reset',
  topic: 'notebook',
  forms: ['line'],
  summary: 'Forget all variables, types and imports of the notebook, and free its tensors.',
  details: [
    'Nothing is asked first. Tensors, models and whatever else has a `dispose` method are disposed of. What the same cell declares stays. Modules stay loaded, the precision policy stays set, and cells go on counting.',
  ],
  positionals: {},
  options: {
    force: withShort(flag('Changes nothing: for the habit of `%reset -f`.'), '-f'),
  },
  examples: [{ code: '%reset', does: 'As after a restart, but at once.' }],
  expand: () => ({ kind: 'expression', code: awaited('resetNotebook'), shows: true }),
});
