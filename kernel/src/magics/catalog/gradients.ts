import { call } from '../code';
import { defineMagic } from '../declare';
import { choice, number, withDefault } from '../parameters';
import { MagicProblem } from '../problem';

export const gradients = defineMagic({
  name: 'gradients',
  topic: 'precision',
  forms: ['line'],
  summary: "Record gradients while training, and show them against each format's range.",
  details: [
    'The plot says per layer how many gradients would underflow or overflow in each format, and which loss scale would help.',
  ],
  positionals: {
    action: withDefault(
      choice('Start or stop recording, or show what was recorded.', ['on', 'off', 'show']),
      'show',
    ),
  },
  options: {
    every: number('Record each so many steps.', { min: 1, integer: true }),
  },
  examples: [
    { code: '%gradients on --every 10', does: 'Records every tenth training step from here on.' },
    { code: '%gradients show', does: 'Shows what was recorded.' },
    { code: '%gradients off', does: 'Stops recording.' },
  ],
  expand: ({ action, every }) => {
    if (every !== undefined && action !== 'on') {
      throw new MagicProblem(
        `--every has no meaning with ${action}`,
        'it belongs to `%gradients on`',
      );
    }
    if (action === 'show') return { kind: 'expression', code: call('gradientRanges'), shows: true };
    return {
      kind: 'expression',
      code: call('recordGradients', action === 'on', { every }),
      shows: false,
    };
  },
});
