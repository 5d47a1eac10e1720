import { COMMON_OPTIONS } from './assign';
import type { Magic, NamedParameter } from './declare';
import type { Form } from '../../magic-lines/locate';

/** `%name` or `%%name`. */
export function written(name: string, form: Form): string {
  return `${form === 'cell' ? '%%' : '%'}${name}`;
}

/** The form in which a magic is named where only one is: the line form if it has one. */
function mainForm(magic: Magic): Form {
  return magic.forms.includes('line') ? 'line' : 'cell';
}

/**
 * `%compare <formats> <model> --data <x[,y]> [--batch-size <integer >= 1>]`; options come first where
 * a parameter takes the rest of the line.
 */
export function usage(magic: Magic, form: Form = mainForm(magic)): string {
  const parts = usageParts(magic, ({ type }) => type).map(({ text }) => text);
  return [written(magic.name, form), ...parts].join(' ');
}

/** A parameter as a usage has it. */
export interface UsagePart {
  readonly parameter: NamedParameter;
  readonly text: string;
}

/** The parameters in the order in which a usage has them; `valueOf` says what an option takes. */
export function usageParts(
  magic: Magic,
  valueOf: (option: NamedParameter) => string,
): readonly UsagePart[] {
  const parts = magic.positionals.map((parameter) => ({
    parameter,
    text: bracketed(parameter, `<${parameter.name}>${parameter.isMany ? '...' : ''}`),
  }));
  const options = magic.options.map((parameter) => {
    const names = optionNames(parameter);
    const text = parameter.isFlag ? names : `${names} <${valueOf(parameter)}>`;
    return { parameter, text: bracketed(parameter, text) };
  });
  const takesRest = magic.positionals.some(({ isRest }) => isRest);
  return takesRest ? [...options, ...parts] : [...parts, ...options];
}

/** `--append|-a` */
function optionNames({ name, short }: NamedParameter): string {
  return short === undefined ? name : `${name}|${short}`;
}

function bracketed({ required }: NamedParameter, text: string): string {
  return required ? text : `[${text}]`;
}

/** One row per parameter, the ones that all magics have last: name, type and what it does. */
export function parameterRows(magic: Magic): { name: string; type: string; doc: string }[] {
  const own = [...magic.positionals, ...magic.options].map((p) => ({
    name: p.name,
    type: p.type,
    doc: `${p.doc}${p.short === undefined ? '' : ` Short: \`${p.short}\`.`}${p.required ? ' Required.' : ''}${p.default === undefined ? '' : ` Default: ${p.default}.`}`,
  }));
  const common = Object.entries(COMMON_OPTIONS).map(([name, doc]) => ({ name, type: 'flag', doc }));
  return [...own, ...common];
}
