import type { MimeBundle } from '../../host';
import { HalfnoteError, nearest } from '../../errors';
import { assign } from './assign';
import { titleOf, type Example, type Magic, type NamedParameter } from './declare';
import { magicAtOffset, type LocatedMagic } from './located';
import type { MagicTable } from './magic-table';
import { TextView } from '../../display/text-view';
import { signatureBundle } from './signature';
import { parameterRows, usage, written } from './usage';

/** The help of one magic, as `%name?` shows it. Throws `unknown-magic`. */
export function helpView(table: MagicTable, name: string): TextView {
  const magic = table.find(name.replace(/^%+/, ''));
  if (magic) return new TextView(helpBundle(magic));
  const names = table.all.map((known) => known.name);
  const near = nearest(name, names);
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  throw new HalfnoteError(
    'unknown-magic',
    `"${name}" is no magic.${meant}`,
    'lsmagic() lists them all.',
  );
}

/** All magics, as `%lsmagic` shows them. */
export function listView(table: MagicTable): TextView {
  const groups = table.byTopic().map(({ topic, magics }) => ({
    title: titleOf(topic),
    rows: magics.map((magic) => ({
      name: magic.name,
      usage: usages(magic),
      summary: magic.summary,
    })),
  }));
  const text = groups.flatMap(({ title, rows }) => [
    title,
    ...rows.map(
      (row) => `${row.usage.map((line) => `  ${line}`).join('\n')}\n      ${row.summary}`,
    ),
    '',
  ]);
  const hint = '%name? shows the help of one; %name --show prints what it expands to.';
  // A card each rather than a row: usages are longer than a page is wide.
  const cards = groups.flatMap(({ title, rows }) => [
    `#### ${title}`,
    '',
    ...rows.flatMap(({ name, usage, summary }) => [
      `- **%${name}** ${summary}`,
      // Without a line between, which would set the two apart as far as one magic from the next.
      ...['```text', ...usage, '```'].map((line) => `  ${line}`),
    ]),
    '',
  ]);
  return new TextView({
    'text/markdown': [...cards, hint.replace(/%\S+(?: --show)?/g, '`$&`')].join('\n'),
    'text/plain': [...text, hint].join('\n'),
  });
}

/** The help at `offset` (UTF-16) of a cell; undefined where TypeScript is to tell. */
export function inspectMagic(
  table: MagicTable,
  code: string,
  offset: number,
): MimeBundle | undefined {
  const line = magicAtOffset(table, code, offset) ?? magicAtOffset(table, code, offset + 1);
  const magic = line?.magic;
  if (!line || !magic || (line.body && offset >= line.body.start)) return undefined;
  if (line.asksHelp || offset <= line.nameEnd) return helpBundle(magic);
  const word = line.words.find(({ start, end }) => offset >= start && offset <= end);
  if (!word) return signatureBundle(magic, line.form, nextParameter(magic, line, code, offset));
  const { words } = assign(magic, line.words, code);
  const parameters = [...magic.positionals, ...magic.options];
  const option = /^--?[\w-]*/.exec(word.text)?.[0];
  const parameter = parameters.find(
    ({ name, short }) =>
      words.get(name)?.start === word.start ||
      (option !== undefined && (option === name || option === short)),
  );
  const value = parameter && words.get(parameter.name);
  const isInValue = value !== undefined && offset >= value.start && offset <= value.end;
  if (parameter?.isExpression && isInValue) return undefined;
  return signatureBundle(magic, line.form, parameter);
}

/** What is to be written where nothing stands yet. */
function nextParameter(
  magic: Magic,
  line: LocatedMagic,
  code: string,
  offset: number,
): NamedParameter | undefined {
  const before = line.words.filter(({ end }) => end < offset);
  const { words, waiting } = assign(magic, before, code);
  return waiting ?? magic.positionals.find(({ name }) => !words.has(name));
}

/** Help as Markdown and text. */
function helpBundle(magic: Magic): MimeBundle {
  return {
    'text/markdown': helpMarkdown(magic, '##'),
    'text/plain': helpText(magic),
  };
}

function helpText(magic: Magic): string {
  const rows = parameterRows(magic);
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [
    ...usages(magic),
    '',
    magic.summary,
    ...magic.details.flatMap((detail) => ['', detail.replaceAll('`', '')]),
    '',
    'Parameters:',
    ...rows.map(
      ({ name, type, doc }) => `  ${name.padEnd(width)}  ${doc.replaceAll('`', '')} (${type})`,
    ),
    '',
    'Examples:',
    ...magic.examples.flatMap(({ code, does }) => [
      `  ${code.replaceAll('\n', '\n  ')}`,
      `      ${does.replaceAll('`', '')}`,
    ]),
  ].join('\n');
}

/** The help of one magic as Markdown under a heading of the given depth. */
export function helpMarkdown(magic: Magic, heading: string): string {
  const rows = parameterRows(magic).map(
    ({ name, type, doc }) => `| \`${name}\` | ${cell(type)} | ${doc} |`,
  );
  return [
    `${heading} ${magic.forms.map((form) => written(magic.name, form)).join(', ')}`,
    magic.summary,
    ['```text', ...usages(magic), '```'].join('\n'),
    ...magic.details,
    ['| parameter | type | does |', '|---|---|---|', ...rows].join('\n'),
    magic.examples.map(exampleMarkdown).join('\n'),
  ].join('\n\n');
}

function exampleMarkdown({ code, does }: Example): string {
  if (!code.includes('\n')) return `- \`${code}\`: ${does}`;
  const lines = code.split('\n').map((line) => `  ${line}`);
  return [`- ${does}`, '', '  ```text', ...lines, '  ```', ''].join('\n');
}

function usages(magic: Magic): string[] {
  return magic.forms.map((form) => usage(magic, form));
}

/** Text as code in a cell of a Markdown table. */
function cell(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
