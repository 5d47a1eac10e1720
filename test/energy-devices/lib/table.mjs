import { format } from 'prettier';
import { VERSION } from './codecarbon.mjs';

/** CodeCarbon's joules in a kilowatt hour have six digits. */
const TOLERANCE = 1e-5;

/** One tree as the table shows it. */
export function rowOf({ golden, truthJ, ours, theirs }) {
  return {
    name: golden.name,
    truth: joules(truthJ),
    ours: ours.isEmpty ? 'no figure' : joules(ours.joules),
    said: ours.said.join('; ') || 'complete',
    theirs: theirsText(theirs),
    verdict: isRight(golden, truthJ, theirs) ? 'yes' : '**no**',
    why: golden.why,
  };
}

/** The rows with CodeCarbon's columns of an earlier page, where it could not be asked. */
export function withTheirsOf(earlier, rows) {
  const cells = new Map(
    earlier
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, name, , , , theirs, verdict]) => [name, { theirs, verdict }]),
  );
  return rows.map((row) => ({ ...row, ...cells.get(row.name) }));
}

/** Without a counter it takes its model, as ours does. */
function isRight(golden, truthJ, theirs) {
  if (theirs?.joules === undefined) return false;
  if (theirs.joules === null) return golden.asked === 'none, said';
  return Math.abs(theirs.joules - truthJ) <= TOLERANCE * Math.max(1, truthJ);
}

function theirsText(theirs) {
  if (theirs === undefined) return '';
  if (theirs.error !== undefined) return theirs.error;
  return theirs.joules === null ? 'no figure' : joules(theirs.joules, 1);
}

function joules(value, digits = 6) {
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits })} J`;
}

/** The page of all rows. */
export function page(rows) {
  const right = rows.filter(({ verdict }) => verdict === 'yes').length;
  const lines = rows.map(
    ({ name, truth, ours, said, theirs, verdict, why }) =>
      `| ${[name, truth, ours, said, theirs, verdict, why].join(' | ')} |`,
  );
  const text = `<!-- Made by \`node test/energy-devices/run.mjs --write\`. -->

# Golden set of energy devices

Fake trees on which the truth is known, read by Halfnote and by CodeCarbon ${VERSION} at the same moments. Halfnote is right on all ${rows.length}, CodeCarbon on ${right}. Right is the true figure; where it can't be known, one that isn't more than the truth and is said to be incomplete, or none with the reason. CodeCarbon has no such mark in its figures: a shortfall stands in its log at best.

| tree | truth | ours | ours says | CodeCarbon | right | why |
| --- | ---: | ---: | --- | ---: | --- | --- |
${lines.join('\n')}
`;
  return format(text, { parser: 'markdown' });
}
