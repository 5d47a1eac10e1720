import { code, paragraph, stacked, staticBundle } from '../display/fallback';
import type { Fallback } from '../display/fallback';
import { markupTable, textTable } from '../display/table';
import { escapeHtml } from '../display/text';
import { verdict } from '../display/verdict';
import { bitFields } from '../formats/bit-fields';
import type { BitField } from '../formats/results';
import type { MimeBundle } from '../host';
import { bitsHtml, legendHtml, separated } from '../inspection/value-bits';
import { ROLES } from '../payloads/inspection/roles';
import type { BitsDifference, Difference } from './comparison';
import type { Outcome } from './run-check';
import { told } from './text';
import { WORDS } from './words';

/** What a check shows: first whether all is right, then what was expected, what was got, and a hint. */
export function checkBundle(outcome: Outcome): MimeBundle {
  const { name, what, count, failure } = outcome;
  if (failure === undefined) {
    return staticBundle(
      verdict({ sentence: told(WORDS.passed(name, told(what), count)), tone: 'good' }),
    );
  }
  const { number, call, difference, hint } = failure;
  const sentence = told(WORDS.failed(name, number, count, call));
  const lines = remarks(difference).map((line) => paragraph(line));
  return staticBundle(
    stacked(
      verdict({ sentence, tone: 'problem' }),
      difference.bits === undefined ? values(difference) : withBits(difference, difference.bits),
      ...lines,
      ...(hint === undefined ? [] : [paragraph(`${told(WORDS.hint)}: ${told(hint)}`, 'strong')]),
    ),
  );
}

function remarks({ path, problem, bits }: Difference): string[] {
  return [
    ...(path === '' ? [] : [told(WORDS.place(path))]),
    ...(problem === undefined ? [] : [told(problem)]),
    ...(bits === undefined ? [] : firstBit(bits)),
  ];
}

function values({ expected, got }: Difference): Fallback {
  return code(`${told(WORDS.expected)}: ${expected}\n${told(WORDS.got)}: ${got}`);
}

function withBits({ expected, got }: Difference, bits: BitsDifference): Fallback {
  const { format } = bits;
  const columns = [
    { header: told(WORDS.result) },
    { header: told(WORDS.value) },
    { header: told(WORDS.bitsIn(format.label)) },
  ];
  const rows = [
    { name: told(WORDS.expected), value: expected, code: bits.expected },
    { name: told(WORDS.got), value: got, code: bits.got },
  ].map(({ name, value, code }) => ({
    name,
    value,
    fields: code === undefined ? undefined : bitFields(format, code),
  }));
  const present = rows.flatMap(({ fields }) => (fields === undefined ? [] : [fields]));
  const marked = rows.map(({ name, value, fields }) =>
    [
      escapeHtml(name),
      `<code>${escapeHtml(value)}</code>`,
      fields === undefined ? '–' : bitsHtml(fields),
    ].map((html) => ({ html })),
  );
  const plain = rows.map(({ name, value, fields }) => [
    name,
    value,
    fields === undefined ? '–' : separated(fields),
  ]);
  return {
    html: markupTable(columns, marked) + legendHtml(present),
    text: textTable(columns, plain),
  };
}

/** Which bit differs first, and in which field it lies. */
function firstBit({ format, expected, got }: BitsDifference): string[] {
  if (got === undefined) return [];
  const [a, b] = [bitFields(format, expected), bitFields(format, got)];
  const [left, right] = [a, b].map((all) => all.map(({ bits }) => bits).join(''));
  const place = Array.from(left ?? '').findIndex((bit, i) => bit !== right?.[i]);
  if (place < 0) return [told(WORDS.sameBits(format.label))];
  return [told(WORDS.bit(place + 1, format.bits, roleAt(a, place)))];
}

function roleAt(fields: readonly BitField[], place: number): string {
  let end = 0;
  for (const { role, bits } of fields) {
    end += bits.length;
    if (place < end) return ROLES[role].name;
  }
  return '';
}
