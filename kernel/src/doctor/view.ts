import type { Execution } from '../backend/contract';
import { JUPYTER_DISPLAY } from '../host';
import type { Displayable, MimeBundle } from '../host';
import { fold, notes, stacked, staticBundle, table, type Fallback } from '../display/fallback';
import type { Column, Row } from '../display/table';
import { type Verdict, verdict } from '../display/verdict';
import { worstFirst } from '../display/worst-first';
import { counted, listed } from '../display/words';
import type { Command } from '../remedies/command';

export interface Finding {
  readonly name: string;
  readonly value: string;
  /** `note`: it works, with something to know. `missing`: something doesn't, and `hint` says what to do. */
  readonly state: 'ok' | 'note' | 'missing';
  readonly hint?: string;
  /** The command that the hint tells of, where it does it without a decision: `halfnote doctor --fix` runs it. */
  readonly fix?: Command;
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
    return this.view().text;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return staticBundle(this.view());
  }

  private view(): Fallback {
    const reasons = this.formats.map(({ format, reason }) => `${format}: ${reason}`);
    return stacked(
      verdict(this.verdict()),
      notes(this.hints('missing')),
      worstFirst(FINDINGS, this.rows(), this.worst(), {
        what: 'findings',
        order: 'what is missing first',
        caption: 'What is here',
      }),
      notes(this.hints('note')),
      fold(
        `Number formats: ${listed(this.native(), this.formats.length) || 'none'} native here`,
        stacked(table(FORMATS, this.formatRows(), { caption: 'Number formats' }), notes(reasons)),
      ),
    );
  }

  /** What is missing, else what runs natively. */
  private verdict(): Verdict {
    const missing = this.findings.filter(({ state }) => state === 'missing');
    const noted = this.findings.filter(({ state }) => state === 'note');
    if (missing.length > 0) {
      const names = listed(missing.map(({ name }) => name));
      return {
        sentence: `${counted(missing.length, 'thing')} ${missing.length === 1 ? 'is' : 'are'} missing: ${names}; below stands how to get ${missing.length === 1 ? 'it' : 'them'}.`,
        tone: 'problem',
      };
    }
    const native = this.native();
    const formats =
      native.length === 0 ? 'no format is native' : `native are ${listed(native, native.length)}`;
    const known = noted.length === 0 ? '' : `; to know: ${listed(noted.map(({ name }) => name))}`;
    return {
      sentence: `Nothing is missing; ${formats}${known}.`,
      tone: noted.length === 0 ? 'good' : 'caution',
    };
  }

  private native(): string[] {
    return this.formats.flatMap(({ format, execution }) =>
      execution === 'native' ? [format] : [],
    );
  }

  private worst(): number[] {
    const harm = this.findings.map(({ state }) => ['ok', 'note', 'missing'].indexOf(state));
    return harm.map((_, i) => i).sort((a, b) => (harm[b] ?? 0) - (harm[a] ?? 0));
  }

  private rows(): Row[] {
    return this.findings.map(({ name, state, value }) => [name, state, value]);
  }

  private formatRows(): Row[] {
    return this.formats.map(({ format, execution, engine }) => [format, execution, engine]);
  }

  private hints(wanted: Finding['state']): string[] {
    return this.findings.flatMap(({ name, hint, state }) =>
      hint === undefined || state !== wanted ? [] : [`${name}: ${hint.replaceAll('\n', ' ')}`],
    );
  }
}
