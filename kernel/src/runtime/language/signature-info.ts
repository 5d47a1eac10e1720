import type ts from 'typescript';
import type { MimeBundle } from '../../host';
import { fenced, joinedParts } from './quick-info';

/** Of a function with many overloads, those that are shown beside the one that is meant. */
const MOST_OVERLOADS = 4;

/** A signature, cut where the parameter stands that is being written. */
interface Marked {
  readonly before: string;
  readonly current: string;
  readonly after: string;
}

/**
 * The signature of the call in which the user writes, with the parameter that is being written marked,
 * as plain text and Markdown.
 */
export function signatureBundle(help: ts.SignatureHelpItems): MimeBundle | undefined {
  const { items, argumentIndex, selectedItemIndex } = help;
  const item = items[selectedItemIndex] ?? items[0];
  if (item === undefined) return undefined;
  const last = item.parameters.length - 1;
  const index = item.isVariadic ? Math.min(argumentIndex, last) : argumentIndex;
  const parameter = item.parameters[index];
  const marked = markedSignature(item, index);
  const count = items.length > 1 ? `Overload ${selectedItemIndex + 1} of ${items.length}. ` : '';
  const place =
    parameter === undefined
      ? `It takes ${taken(item.parameters.length)}.`
      : `Parameter ${index + 1} of ${item.parameters.length}.`;
  const about = joinedParts(parameter?.documentation);
  const documentation = joinedParts(item.documentation);
  const others = items.filter((other) => other !== item).map(signatureText);
  const more = others.length - MOST_OVERLOADS;
  const overloads = [
    ...others.slice(0, MOST_OVERLOADS),
    ...(more > 0 ? [`// and ${more} more`] : []),
  ].join('\n');
  const { before, current, after } = marked;
  return {
    'text/plain': [
      `${before}${current === '' ? '' : `«${current}»`}${after}`,
      [`${count}${place}`, named(parameter, about)].filter((line) => line !== '').join('\n'),
      documentation,
      overloads,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    'text/markdown': [
      `${inline(before)}${current === '' ? '' : `**${inline(current)}**`}${inline(after)}`,
      `${count}${place}${about === '' || parameter === undefined ? '' : ` **${parameter.name}**: ${about}`}`,
      documentation,
      fenced(overloads),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}

function taken(count: number): string {
  return count === 0 ? 'no parameter' : count === 1 ? 'one parameter' : `${count} parameters`;
}

function named(parameter: ts.SignatureHelpParameter | undefined, about: string): string {
  return parameter === undefined || about === '' ? '' : `${parameter.name}: ${about}`;
}

function markedSignature(item: ts.SignatureHelpItem, index: number): Marked {
  const separator = joinedParts(item.separatorDisplayParts);
  const texts = item.parameters.map(({ displayParts }) => joinedParts(displayParts));
  const join = (some: readonly string[]): string => some.join(separator);
  const [prefix, suffix] = [item.prefixDisplayParts, item.suffixDisplayParts].map(joinedParts);
  const rest = texts.slice(index + 1);
  const current = texts[index];
  if (current === undefined) {
    return { before: `${prefix ?? ''}${join(texts)}${suffix ?? ''}`, current: '', after: '' };
  }
  return {
    before: `${prefix ?? ''}${texts
      .slice(0, index)
      .map((text) => `${text}${separator}`)
      .join('')}`,
    current,
    after: `${rest.map((text) => `${separator}${text}`).join('')}${suffix ?? ''}`,
  };
}

function signatureText(item: ts.SignatureHelpItem): string {
  return markedSignature(item, item.parameters.length).before;
}

/** Code within a line of Markdown; blanks at its ends stay where they are. */
function inline(code: string): string {
  if (code === '') return '';
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const room = /^`|`$|^ .* $/s.test(code) ? ' ' : '';
  return `${fence}${room}${code}${room}${fence}`;
}
