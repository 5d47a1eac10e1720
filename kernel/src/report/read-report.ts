import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { firstLine, HalfnoteError, shown } from '../errors';
import { duplicateKey, strangePlaces } from './strange-json';
import { report as schema, REPORT_SCHEMA, type Report } from './schema';
import { integrityOf, recountedIntegrity } from './verify/integrity';

/** Places that an error names; the others are counted. */
const NAMED = 5;

export interface ReadReport {
  /** Undefined when what was altered left no report. */
  readonly report: Report | undefined;
  /** Places that aren't what was written, in words. */
  readonly altered: readonly string[];
}

/**
 * Reads a report and checks its hashes before anything else: one that was altered is told from one that
 * isn't a report, or is of another version.
 * @throws HalfnoteError `cannot-read`, `invalid-report`.
 */
export function readReport(path: string): ReadReport {
  const content = jsonOf(path);
  const head = z
    .looseObject({ schema: z.unknown(), identity: z.looseObject({}) })
    .safeParse(content).data;
  if (head === undefined || !isReport(head)) {
    throw invalid(path, 'it has no identity with a hash', 'halfnote report writes one.');
  }
  const strange = strangePlaces(content);
  if (strange.length > 0) return { report: undefined, altered: strange };
  const { altered } = integrityOf(head);
  if (altered.length > 0) {
    return { report: schema.safeParse(content).data, altered };
  }
  if (head.schema !== REPORT_SCHEMA) {
    throw invalid(
      path,
      `its schema is ${shown(head.schema)}; this version reads ${REPORT_SCHEMA}`,
      'Use the version of Halfnote that wrote it, or run `halfnote report` again.',
    );
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    throw invalid(path, `its hashes hold, but ${z.prettifyError(parsed.error)}`);
  }
  return { report: parsed.data, ...recountedIntegrity(parsed.data) };
}

/** The same for what needs a report as it was written. @throws HalfnoteError `altered-report` too. */
export function readIntactReport(path: string): Report {
  const { report, altered } = readReport(path);
  if (report !== undefined && altered.length === 0) return report;
  throw new HalfnoteError(
    'altered-report',
    `${path} is not what was written: ${firstOf(altered)}`,
    'Get it from its author again, or run the notebook with `halfnote report`.',
  );
}

function firstOf(altered: readonly string[]): string {
  const more = altered.length - NAMED;
  return `${altered.slice(0, NAMED).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

function jsonOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HalfnoteError('cannot-read', `Can't read ${path}: ${firstLine(cause)}`, undefined, {
      cause,
    });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, `it is no JSON: ${firstLine(cause)}`);
  }
  const twice = duplicateKey(text);
  if (twice === undefined) return content;
  throw invalid(
    path,
    `it has the key ${shown(twice)} twice in one object, and programs differ in which they read`,
    'Get it from its author again.',
  );
}

/** One whose hash was removed is still a report. */
function isReport({ schema: given, identity }: { schema?: unknown; identity: object }): boolean {
  return 'hash' in identity || (typeof given === 'string' && given.startsWith('halfnote-report/'));
}

function invalid(path: string, reason: string, hint?: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-report',
    `${path} is no report that can be used: ${reason}`,
    hint,
  );
}
