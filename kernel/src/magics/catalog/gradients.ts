import { RECORDABLES } from '../../precision/ranges/kinds';
import { call } from '../language/code';
import { defineMagic } from '../language/declare';
import {
  choice,
  choices,
  expression,
  flag,
  number,
  variable,
  withDefault,
} from '../language/parameters';
import { MagicProblem } from '../language/problem';

export const gradients = defineMagic({
  name: 'gradients',
  topic: 'precision',
  forms: ['line'],
  summary: "Record gradients while training, and show them against each format's range.",
  details: [
    'The plot says per layer how many gradients would underflow or overflow in each format, and which loss scale would help.',
    'Gradients are recorded before loss scaling. Activations, and the gradients that come back to them, are those of tfjs layers; each kind that is recorded takes time of its own.',
  ],
  positionals: {
    action: withDefault(
      choice('Start or stop recording, or show what was recorded.', ['on', 'off', 'show']),
      'show',
    ),
  },
  options: {
    every: number('Record each so many steps. Without it 30, which costs a few percent.', {
      min: 1,
      integer: true,
    }),
    of: choices('What to record. Without it gradients.', RECORDABLES),
    live: flag('Show the ranges in the cell that trains, while it trains.'),
    as: variable('With `show`: declares a variable of this name that keeps what was recorded.'),
    against: expression(
      'With `show`: an earlier recording that `--as` kept. Both are shown side by side.',
      'a recording that %gradients show --as kept',
    ),
  },
  examples: [
    { code: '%gradients on --every 10', does: 'Records every tenth training step from here on.' },
    {
      code: '%gradients on --live --of gradients,weights,activations',
      does: 'Follows the training in its own cell, with weights and activations.',
    },
    { code: '%gradients show', does: 'Shows what was recorded.' },
    {
      code: '%gradients show --as scaled',
      does: 'Keeps what was recorded, to be compared with a later training.',
    },
    {
      code: '%gradients show --against scaled',
      does: 'What this training lost beside the earlier one: by step, and by layer.',
    },
    { code: '%gradients off', does: 'Stops recording.' },
  ],
  expand: ({ action, every, of, live, as, against }) => {
    const given = [every && '--every', of && '--of', live && '--live'].find(Boolean);
    if (given && action !== 'on') {
      throw new MagicProblem(
        `${given} has no meaning with ${action}`,
        'it belongs to `%gradients on`',
      );
    }
    const keeps = [as && '--as', against && '--against'].find(Boolean);
    if (keeps && action !== 'show') {
      throw new MagicProblem(
        `${keeps} has no meaning with ${action}`,
        'it belongs to `%gradients show`',
      );
    }
    if (action === 'show') {
      const recorded = call('gradientRanges');
      const value = against ? call('compareGradients', against, recorded) : recorded;
      return as === undefined
        ? { kind: 'expression', code: value, shows: true }
        : { kind: 'declaration', name: as, value };
    }
    const options = { every, of, live: live || undefined };
    return {
      kind: 'expression',
      code: call('recordGradients', action === 'on', options),
      shows: false,
    };
  },
});
