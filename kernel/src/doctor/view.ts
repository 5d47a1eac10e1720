import type { Execution } from '../backend/contract';
import { JUPYTER_DISPLAY } from '../host';
import type { Displayable, MimeBundle } from '../host';
import { NO_EXHIBITS } from '../display/exhibits';
import { staticBundle } from '../display/fallback';
import { htmlTable, textTable } from '../display/table';
import type { Column, Row } from '../display/table';
import { escapeHtml, plain } from '../display/text';

export interface Finding {
  readonly name: string;
  readonly value: string;
  /** `note`: it works, with something to know. `missing`: something doesn't, and `hint` says what to do. */
  readonly state: 'ok' | 'note' | 'missing';
  readonly hint?: string;
}

export interface FormatFinding {
  readonly format: string;
  readonly execution: Execution;
  readonly engine: string;
  readonly reason: string;
}

const FINDINGS: readonly Column[] = [
  { header: 'what' },
  { header: 'state', align: 'left' },
  { header: 'found', align: 'left' },
];

const FORMATS: readonly Column[] = [
  { header: 'format' },
  { header: 'execution', align: 'left' },
  { header: 'engine', align: 'left' },
];

const HERE = 'What is here';
const SUPPORT = 'Number formats';

/** What `halfnote doctor` and `%doctor` found; shows itself in a notebook and as text. */
export class DoctorReport implements Displayable {
  constructor(
    readonly findings: readonly Finding[],
    readonly formats: readonly FormatFinding[],
  ) {}

  /** False when something is missing. */
  get healthy(): boolean {
    return this.findings.every(({ state }) => state !== 'missing');
  }

  toString(): string {
    return [
      textTable(FINDINGS, this.rows()),
      ...this.hints().map(([name, hint]) => plain(`  ${name}: ${hint.replaceAll('\n', ' ')}`)),
      '',
      textTable(FORMATS, this.formatRows()),
      ...this.formats.map(({ format, reason }) => `  ${format}: ${reason}`),
    ].join('\n');
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const list = (items: readonly (readonly [string, string])[]): string =>
      items.length === 0
        ? ''
        : `<ul>${items.map(([name, text]) => `<li><b>${escapeHtml(name)}</b>: ${escapeHtml(text)}</li>`).join('')}</ul>`;
    return staticBundle({
      html:
        htmlTable(FINDINGS, this.rows(), { caption: HERE }) +
        list(this.hints()) +
        htmlTable(FORMATS, this.formatRows(), { caption: SUPPORT }) +
        list(this.formats.map(({ format, reason }) => [format, reason])),
      text: this.toString(),
      exhibits: {
        ...NO_EXHIBITS,
        tables: [
          { caption: HERE, columns: FINDINGS, rows: this.rows() },
          { caption: SUPPORT, columns: FORMATS, rows: this.formatRows() },
        ],
        notes: this.formats.map(({ format, reason }) => `${format}: ${reason}`),
      },
    });
  }

  private rows(): Row[] {
    return this.findings.map(({ name, state, value }) => [name, state, value]);
  }

  private formatRows(): Row[] {
    return this.formats.map(({ format, execution, engine }) => [format, execution, engine]);
  }

  private hints(): (readonly [string, string])[] {
    return this.findings.flatMap(({ name, hint }) => (hint === undefined ? [] : [[name, hint]]));
  }
}
