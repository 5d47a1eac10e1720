import { call } from '../language/code';
import { defineMagic } from '../language/declare';
import { rest } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { unquote } from '../../magic-lines/words';

const ASSIGNMENT = /^([^\s=]+)(?:\s*=\s*|\s+|$)([^]*)$/;

export const env = defineMagic({
  name: 'env',
  topic: 'system',
  forms: ['line'],
  syntax: { isShell: true, hasTextBody: false },
  summary: 'Show, get or set environment variables of the process in which cells run.',
  details: [
    'A variable is set until the kernel restarts; child processes get it too. In the list, values of names that look like secrets are hidden.',
  ],
  positionals: { assignment: rest('A name, or a name and its new value.', 'NAME or NAME=value') },
  options: {},
  examples: [
    { code: '%env', does: 'All variables.' },
    { code: '%env HOME', does: 'One of them.' },
    { code: '%env DATA_DIR=/data/mnist', does: 'Sets it.' },
  ],
  expand: ({ assignment }) => {
    if (!assignment) return { kind: 'expression', code: call('environment'), shows: true };
    const [, name = '', value = ''] = ASSIGNMENT.exec(assignment.text) ?? [];
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new MagicProblem(
        `"${name}" cannot name an environment variable`,
        'Allowed: letters, digits and _, not a digit first',
        assignment,
      );
    }
    const sets = assignment.text.length > name.length;
    const code = sets ? call('environment', name, unquote(value)) : call('environment', name);
    return { kind: 'expression', code, shows: true };
  },
});
