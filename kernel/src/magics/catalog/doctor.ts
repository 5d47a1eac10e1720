import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';

export const doctor = defineMagic({
  name: 'doctor',
  topic: 'system',
  forms: ['line'],
  summary: 'Say what this machine offers, what is missing, and how to get it.',
  positionals: {},
  options: {},
  examples: [
    { code: '%doctor', does: 'Lists the engine, the device, native formats and energy counters.' },
  ],
  expand: () => ({ kind: 'expression', code: awaited('doctor'), shows: true }),
});
