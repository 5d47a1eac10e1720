import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { OnnxModel } from '../../export/onnx/onnx-model';
import type { FloatModel } from '../../models/graph-model';
import type { PrecisionClaim } from '../../payloads/precision/claim';
import type { Candidate } from './candidates/candidate';
import { checkFormats } from './check-formats';
import { compareFormatOf } from './compare-formats';
import { claimsOfFormat } from './claims';
import { baselineOf } from './engine-baseline';
import { PrecisionComparison } from './comparison';
import { type CompareData, sliceRows } from '../../models/data';
import { rowsOf } from '../../models/rows';
import { howToMeasure } from './how-to-measure';
import { checkNames, nextStep } from './next-step';
import { type CompareOptions, positive } from './options';
import { runAndWait } from './run-and-wait';
import { fidelity } from './fidelity';
import { rowScore } from './row-score';
import { precisionRow, precisionTable } from './rows';
import { chooseScorer, type Scorer } from '../../models/score';
import type { Subject } from './subjects/subject';
import { subjectOf } from './subjects/table';

const BATCH_SIZE = 256;

/**
 * Runs `model` in several number formats on the same data: time per batch, bytes of weights,
 * score, and errors against fp32. A format that this machine only simulates gets no time and no
 * energy; as the baseline it leaves all speedups out. What publications claim of each format is shown
 * beside it, with the source of each claim and what it is against. The model is not changed. An ONNX
 * model (`loadOnnx`) is compared in ONNX Runtime, in the formats that `quantize` gives it.
 *
 * @throws HalfnoteError `unknown-format`, `data-mismatch`, `unsupported-model`, `invalid-option`.
 */
export async function compare(
  source: FloatModel | OnnxModel,
  options: CompareOptions,
): Promise<PrecisionComparison> {
  // JavaScript can leave anything out.
  const given = options as CompareOptions | null | undefined;
  const formats = checkFormats(given?.formats);
  const measure = howToMeasure(options);
  const names = checkNames(options.names);
  const wanted = positive(options.batchSize ?? BATCH_SIZE, 'batchSize');
  const subject = await subjectOf(source, formats, options);
  const { data } = subject;
  const samples = rowsOf([data.x].flat());
  const batchSize = subject.batchRows(Math.min(wanted, samples));
  const scorer = chooseScorer(data.y, subject.outputShape, subject.loss, options.metric);

  const reference = await subject.create('fp32');
  const candidates: Candidate[] = [];
  const batch = sliceRows(data.x, 0, batchSize);
  try {
    const made = new Map<string, Candidate>([['fp32', reference]]);
    const also = new Map<Candidate, string[]>();
    for (const format of formats) {
      const name = subject.specific(format);
      const candidate = made.get(name) ?? (await subject.create(format));
      made.set(name, candidate);
      if (candidates.includes(candidate)) {
        also.set(candidate, [...(also.get(candidate) ?? []), format]);
      } else {
        candidates.push(candidate);
      }
    }
    const results = new Map<Candidate, Evaluation>();
    for (const candidate of [reference, ...candidates]) {
      if (results.has(candidate)) continue;
      results.set(candidate, evaluate(candidate, data, batchSize, scorer));
      // A last batch of fewer samples may have run in another engine.
      if (samples % batchSize !== 0) runAndWait(candidate, batch);
    }
    const engine = await subject.engineBaseline(candidates);
    if (engine.candidate !== undefined) {
      candidates.splice(1, 0, engine.candidate);
      results.set(engine.candidate, evaluate(engine.candidate, data, batchSize, scorer));
    }
    const expected = results.get(reference)?.outputs ?? [];
    const native = candidates.filter(({ execution }) => execution === 'native');
    const against = (candidate: Candidate): Candidate =>
      baselineOf(candidate, candidates) ?? reference;
    const [first] = candidates;
    const baselineScores = (candidate: Candidate): readonly number[] | undefined =>
      first === undefined || candidate === first ? undefined : results.get(first)?.scores;
    const measured = await measure(native, batch, against);

    const rows = candidates.flatMap((candidate) => {
      const result = results.get(candidate);
      const row = precisionRow({
        candidate,
        figures: measured.of.get(candidate),
        batchSize,
        score: rowScore(scorer.metric, result?.scores ?? [], baselineScores(candidate)),
        against: against(candidate).format,
        fidelity: fidelity(expected, result?.outputs ?? []),
        next: nextStep(candidate.format, names),
        claims: claimsHere(subject, candidate),
      });
      return [row, ...(also.get(candidate) ?? []).map((format) => ({ ...row, format }))];
    });
    return new PrecisionComparison(
      precisionTable({
        subject,
        title: options.title,
        rows,
        batchSize,
        samples,
        scorer,
        notes: [
          ...Array.from(
            also,
            ([{ format }, names]) => `${names.join(', ')} is ${format}: one model, measured once.`,
          ),
          ...subject.notes,
          ...engine.notes,
          ...finiteNotes(expected),
          ...measured.notes,
        ],
        trials: measured.trials,
      }),
    );
  } finally {
    tf.dispose(batch);
    for (const candidate of new Set([reference, ...candidates])) candidate.dispose();
  }
}

/** Of `int8` those of what it stands for with this data. */
function claimsHere(subject: Subject, { format }: Candidate): PrecisionClaim[] {
  const known = compareFormatOf(format);
  return known === undefined ? [] : claimsOfFormat(subject.specific(known), subject.facts.device);
}

interface Evaluation {
  readonly outputs: Float32Array[];
  /** One a sample; none without labels. */
  readonly scores: number[];
}

/** All samples through a candidate, batch by batch. */
function evaluate(
  candidate: Candidate,
  data: CompareData,
  batchSize: number,
  scorer: Scorer,
): Evaluation {
  const samples = rowsOf([data.x].flat());
  const outputs: Float32Array[] = [];
  const scores: number[] = [];
  for (let from = 0; from < samples; from += batchSize) {
    const to = Math.min(from + batchSize, samples);
    tf.tidy(() => {
      const results = [candidate.run(sliceRows(data.x, from, to))].flat();
      for (const result of results) outputs.push(Float32Array.from(result.dataSync()));
      const [first] = results;
      if (data.y === undefined || first === undefined) return;
      for (const score of Array.from(scorer.each(sliceRows(data.y, from, to) as Tensor, first)))
        scores.push(score);
    });
  }
  return { outputs, scores };
}

/** Without finite outputs in fp32 no other figure means anything. */
function finiteNotes(expected: readonly Float32Array[]): string[] {
  const bad = expected.reduce(
    (n, values) => n + values.filter((x) => !Number.isFinite(x)).length,
    0,
  );
  if (bad === 0) return [];
  return [
    `fp32 itself gives ${bad.toLocaleString('en')} outputs that are NaN or infinite: look for such ` +
      'values in the data and the weights; until then scores and errors say nothing.',
  ];
}
