import type { Tone } from '../../display/verdict';
import { counted, listed } from '../../display/words';
import { isShown, testSentence, testText } from '../../payloads/precision/score-words';
import { changeText } from '../../payloads/sensitivity/score';
import type { PairedScores } from '../../quantities/paired-hits';
import type { SensitivityResult, SensitivityRow } from './result';
import { toneOf } from './verdict';

/** From so many tests on, one that shows a difference by chance has to be reckoned with. */
const MANY_TESTS = 5;

type TestedRow = SensitivityRow & { readonly scoreTest: PairedScores };

function isTested(row: SensitivityRow): row is TestedRow {
  return row.scoreTest !== undefined;
}

/**
 * Which layer is shown to make the score worst, or that none is.
 * @param ranked Layers in one format, the most sensitive first.
 * @returns Undefined where the metric is no score, or none was tested.
 */
export function testedVerdict(
  ranked: readonly SensitivityRow[],
  { metric, scoreMetric, samples, score }: SensitivityResult,
  format: string,
): { readonly sentence: string; readonly tone: Tone } | undefined {
  const worse = ranked.filter(isTested).filter(({ drop }) => drop > 0);
  const [first] = worse;
  if (first === undefined || metric !== scoreMetric) return undefined;
  const shown = worse.find(({ scoreTest }) => isShown(scoreTest));
  if (shown !== undefined) {
    const figures = testSentence(shown.scoreTest, {
      metric: scoreMetric,
      baseline: 'fp32',
      samples,
    });
    return {
      sentence: `Most sensitive in ${format}: ${shown.layer}, ${figures}.`,
      tone: toneOf(shown, metric, score),
    };
  }
  return {
    sentence: `No layer alone is shown to make the ${scoreMetric} worse in ${format} on ${counted(samples, 'sample')}: ${first.layer}, ${changeText(first.drop, scoreMetric)}, is ${testText(first.scoreTest, scoreMetric)}.`,
    tone: toneOf(first, metric, score) === 'good' ? 'good' : 'caution',
  };
}

/** Which layers are shown to change the score, in all formats. */
export function testRemarks({ rows, formats, scoreMetric, samples }: SensitivityResult): string[] {
  const tested = rows.filter(isTested);
  if (tested.length === 0) return [];
  const apart = formats.flatMap((format) => {
    const names = tested
      .filter((row) => row.format === format && isShown(row.scoreTest))
      .map(({ layer }) => layer);
    return names.length === 0 ? [] : [`${listed(names)} in ${format}`];
  });
  const of = `the ${scoreMetric} of fp32 on ${counted(samples, 'sample')}`;
  return [
    apart.length === 0
      ? `No layer alone is distinguishable from ${of}.`
      : `Shown to differ from ${of}: ${apart.join('; ')}. All others are not distinguishable.`,
  ];
}

/** How the scores were tested. */
export function testMethod({ rows, scoreMetric }: SensitivityResult): string[] {
  const tests = rows.filter(isTested).length;
  if (tests === 0) return [];
  const how =
    scoreMetric === 'accuracy'
      ? "McNemar's test (mid-p), with Tango's interval of the difference"
      : "Student's paired t-test of the mean difference";
  return [
    `Scores against fp32, on the same samples: ${how}; below p = 0.05 a difference counts as shown.` +
      (tests < MANY_TESTS
        ? ''
        : ` Of ${tests.toLocaleString('en')} such tests one in twenty shows a difference by chance alone.`),
  ];
}
