import { COMPILERS } from '../../precision/compile/compilers';
import { call } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice } from '../language/parameters';

export const compile = defineMagic({
  name: 'compile',
  topic: 'precision',
  forms: ['line'],
  summary: 'Let XLA compile the steps that run as one program, or show what it did.',
  details: [
    "A program that has run 10 times is compiled once, which takes from a tenth of a second to some seconds, and runs as XLA's code from then on. JavaScript still runs each time, and what differs from the program runs op by op.",
    "Results differ from those of TensorFlow's own kernels in last digits. Only fp32 and tf32 are compiled: in bf16, fp16 and fp8 XLA leaves out roundings, and would show an error that the format doesn't have. What XLA can't compile runs as before, and the status says why.",
    '`compileStep(fn, { xla: true })` compiles one function, at its first run as a program.',
  ],
  positionals: {
    compiler: choice(
      'Without it: how many programs were compiled, and the time it took.',
      COMPILERS,
    ),
  },
  options: {},
  examples: [
    { code: '%compile xla', does: 'Steps in fp32 and tf32 are compiled from here on.' },
    { code: '%compile', does: 'Shows what was compiled, in what time, and what was not and why.' },
    { code: '%compile off', does: "Programs run on TensorFlow's own kernels again." },
  ],
  expand: ({ compiler }) => ({
    kind: 'expression',
    code: compiler === undefined ? call('compileStatus') : call('setCompile', compiler),
    shows: true,
  }),
});
