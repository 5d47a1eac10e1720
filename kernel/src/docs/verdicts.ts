import { counted } from '../display/words';
import { claimText } from '../literature/claim-text';
import { CLAIMS } from '../literature/claims';
import { sourceOf } from '../literature/sources';
import type { ClaimVerdict } from '../studies/claim-verdict';
import type { Column, ColumnPart } from '../studies/column';
import { claimRange, measuredText } from '../studies/figure-text';
import { overallVerdict } from '../studies/overall';
import type { TestedClaim } from '../studies/tested-claim';
import { TESTED_CLAIMS } from '../studies/tested-claims';
import { markdownTable } from './markdown';
import type { VerdictColumns } from './verdict-columns';

/** Sources that a cell names; the others stand in literature.md. */
const NAMED = 3;

/** What fills `docs/templates/verdicts.md`. */
export function verdictsParts(given: VerdictColumns) {
  return {
    counts: given.columns
      .map((column) => `- ${machineText(column)}: ${countsText(column)}.`)
      .join('\n'),
    studies: studies(given),
  } as const;
}

/** The short table of README: what the first machine confirms and refutes, a claim a row. */
export function readmeVerdicts({ columns }: VerdictColumns, docs: string): string {
  const [column] = columns;
  if (column === undefined) return 'No study has run yet: `npm run verdicts`.';
  const rows = TESTED_CLAIMS.flatMap((claim) => {
    const found = verdictsOf(column, claim);
    const overall = overallVerdict(found);
    if (found.length === 0 || overall.verdict === 'not here') return [];
    const [shown = found[0]] = found.filter(({ verdict }) => verdict === overall.verdict);
    if (shown === undefined) return [];
    return [[claim.says, `**${overall.verdict}**${shareText(overall)}`, subjectFigure(shown)]];
  });
  return [
    `On ${machineText(column)}: ${countsText(column)}. What it could decide (of several networks the first that decides it), [all with sources and reasons](${docs}):`,
    markdownTable(['often claimed', 'here', 'measured'], rows),
  ].join('\n\n');
}

function studies(given: VerdictColumns): string {
  const names = [...new Set(TESTED_CLAIMS.map(({ study }) => study))];
  return names.map((study) => section(study, given)).join('\n\n');
}

function section(study: string, { columns, hashes, pictured }: VerdictColumns): string {
  const heads = columns.map((column) => {
    const part = column.parts.find((one) => one.study === study);
    return [shortMachine(column), ...(part === undefined ? [] : [runText(part, hashes)])].join(
      '<br>',
    );
  });
  const table = markdownTable(
    ['claim', ...heads, 'publications'],
    TESTED_CLAIMS.filter((claim) => claim.study === study).map((claim) => [
      `${claim.says}<br><sub>${claim.figure}: ${claimRange(claim)}</sub>`,
      ...columns.map((column) => measuredCell(verdictsOf(column, claim))),
      publications(claim),
    ]),
  );
  const parts = [`### [${study}](../notebooks/research/${study}.ipynb)`, table];
  if (pictured.has(study))
    parts.push(`![A picture of the study ${study}](images/study-${study}.svg)`);
  return parts.join('\n\n');
}

function measuredCell(verdicts: readonly ClaimVerdict[]): string {
  if (verdicts.length === 0) return 'not run';
  return verdicts
    .map((found) => `**${found.verdict}** ${subjectFigure(found)}${reason(found)}`)
    .join('<br>');
}

/** What a refutation's reason says, the range, stands beside it already. */
function reason(found: ClaimVerdict): string {
  return found.verdict === 'not here' ? `; ${found.because}` : '';
}

function subjectFigure(found: ClaimVerdict): string {
  return found.subject === '' ? measuredText(found) : `${found.subject}: ${measuredText(found)}`;
}

function publications({ see }: TestedClaim): string {
  const claims = see.flatMap((id) => CLAIMS.filter((claim) => claim.id === id));
  const told = claims.slice(0, NAMED).map((claim) => {
    const { short, url } = sourceOf(claim.source);
    return `[${short}](${url}): ${claimText(claim)} against ${claim.against}`;
  });
  return told.length === 0 ? 'none found' : told.join('<br>');
}

function verdictsOf({ parts }: Column, { id }: TestedClaim): ClaimVerdict[] {
  return parts.flatMap(({ verdicts }) => verdicts.filter(({ claim }) => claim === id));
}

function countsText(column: Column): string {
  const overall = TESTED_CLAIMS.map((claim) => verdictsOf(column, claim))
    .filter((found) => found.length > 0)
    .map((found) => overallVerdict(found).verdict);
  const count = (wanted: string): number => overall.filter((verdict) => verdict === wanted).length;
  return `${counted(overall.length, 'claim')}, ${count('confirmed')} confirmed, ${count('refuted')} refuted, ${count('not here')} not decided here`;
}

function shareText({
  confirmed,
  subjects,
}: {
  readonly confirmed: number;
  readonly subjects: number;
}) {
  return confirmed > 0 && confirmed < subjects ? ` (holds for ${confirmed} of ${subjects})` : '';
}

/** `AMD EPYC, 2 threads, 8.3 GB`: the machine in words. */
function machineText(column: Column): string {
  const [part] = column.parts;
  if (part === undefined) return column.machine;
  const { cpu, threads, gpus, memoryBytes } = part.machine;
  const gpu = gpus.map((name) => `${name}, `).join('');
  return `${gpu}${cpu}, ${threads} threads, ${(memoryBytes / 1e9).toFixed(0)} GB`;
}

function shortMachine(column: Column): string {
  return machineText(column).replace(/, \d+ GB$/, '');
}

function runText(
  { date, loadAverage, notebookHash, study }: ColumnPart,
  hashes: ReadonlyMap<string, string>,
) {
  const isEarlier = hashes.get(study) !== notebookHash;
  return `${date}, load ${loadAverage} before${isEarlier ? ', of an earlier notebook' : ''}`;
}
