import type { MimeBundle } from '../../host';
import type { Example, Magic, NamedParameter } from './declare';
import type { Form } from '../../magic-lines/locate';
import { usageParts, written } from './usage';

/** Longer types are told of the parameter that is being written alone. */
const LONGEST_TYPE = 32;

/**
 * What Shift+Tab shows within a magic: its parameters in their order with the one that is being written
 * marked, what that one takes, and an example.
 */
export function signatureBundle(
  magic: Magic,
  form: Form,
  current: NamedParameter | undefined,
): MimeBundle {
  const name = written(magic.name, form);
  const parts = usageParts(magic, shortType).map(({ parameter, text }) => ({
    text,
    isCurrent: parameter === current,
  }));
  const example = exampleOf(magic, form, current);
  const facts = current === undefined ? [] : factsOf(current);
  const plain = parts.map(({ text, isCurrent }) => (isCurrent ? `«${text}»` : text));
  const marked = parts.map(({ text, isCurrent }) =>
    isCurrent ? `**\`${text}\`**` : `\`${text}\``,
  );
  return {
    'text/plain': paragraphs([
      [name, ...plain].join(' '),
      current === undefined ? magic.summary : `${current.name}: ${current.doc.replaceAll('`', '')}`,
      facts.map(([fact, value]) => `  ${fact}: ${value}`).join('\n'),
      example && `Example: ${example.code}\n    ${example.does.replaceAll('`', '')}`,
      `${name}? tells more.`,
    ]),
    'text/markdown': paragraphs([
      [`\`${name}\``, ...marked].join(' '),
      current === undefined ? magic.summary : `**${current.name}**: ${current.doc}`,
      facts.map(([fact, value]) => `- ${fact}: \`${value}\``).join('\n'),
      example && `\`\`\`text\n${example.code}\n\`\`\`\n\n${example.does}`,
      `\`${name}?\` tells more.`,
    ]),
  };
}

function paragraphs(all: readonly (string | undefined)[]): string {
  return all.filter((one) => one !== undefined && one !== '').join('\n\n');
}

function shortType({ type, isList }: NamedParameter): string {
  if (type.length <= LONGEST_TYPE) return type;
  return isList ? 'list' : 'value';
}

/** Type, allowed or proposed values, and default; which values are the only ones, the type says. */
function factsOf(parameter: NamedParameter): (readonly [fact: string, value: string])[] {
  const { type, values, isList, isFlag, required } = parameter;
  const choices = values.join('|');
  const isChoice = values.length > 0 && type.endsWith(choices);
  return [
    isChoice
      ? [isList ? 'Allowed, with commas between' : 'Allowed', values.join(', ')]
      : ['Type', isFlag ? 'flag, without a value' : type],
    ...(values.length > 0 && !isChoice ? ([['Such as', values.join(', ')]] as const) : []),
    ...(parameter.default === undefined ? [] : ([['Default', parameter.default]] as const)),
    ...(parameter.short === undefined ? [] : ([['Short', parameter.short]] as const)),
    ...(required ? ([['Required', 'yes']] as const) : []),
  ];
}

/** The first example that has the option, else the first of the form. */
function exampleOf(
  { name, examples }: Magic,
  form: Form,
  current: NamedParameter | undefined,
): Example | undefined {
  const ofForm = examples.filter(({ code }) => code.startsWith(written(name, form)));
  const all = ofForm.length > 0 ? ofForm : examples;
  const option = current?.name.startsWith('--') === true ? current.name : undefined;
  return all.find(({ code }) => option !== undefined && code.includes(option)) ?? all[0];
}
