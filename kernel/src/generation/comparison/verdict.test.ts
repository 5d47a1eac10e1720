import { expect, it } from 'vitest';
import { type Compared, predictionVerdict } from './verdict';

const row = (name: string, share: number, perplexity: number): Compared => ({
  name,
  share,
  perplexity,
  agreement: 0.98,
});

it('names the smallest format whose text is as good as that of fp32', () => {
  const rows = [row('fp32', 1, 10), row('int8', 0.26, 10.01), row('int4', 0.14, 12)];
  expect(predictionVerdict(rows, 'the keys and values')).toEqual({
    sentence:
      'int8 takes 26.0% of the keys and values in fp32 at a perplexity of 10.01, of 10.00 in fp32, and picks the same token in 98.0% of the cases.',
    tone: 'good',
  });
});

it('says by how much the best is worse where all are, a problem from a tenth on', () => {
  expect(predictionVerdict([row('fp32', 1, 10), row('int4', 0.14, 12)], 'the weights')).toEqual({
    sentence:
      'Each narrower format makes the text worse: the best, int4, raises the perplexity by 20.0% at 14.0% of the weights in fp32.',
    tone: 'problem',
  });
  const some = predictionVerdict([row('fp32', 1, 10), row('int4', 0.14, 10.5)], 'the weights');
  expect(some.tone).toBe('caution');
  expect(predictionVerdict([row('fp32', 1, 10)], 'the weights').tone).toBe('caution');
});

it('says so where the perplexity is no number, and takes another format before that', () => {
  const broken = [row('fp32', 1, 10), row('int2', 0.1, NaN), row('nf4', 0.14, Infinity)];
  expect(predictionVerdict(broken, 'the weights')).toEqual({
    sentence: 'No narrower format predicts the text: the perplexity is no number in int2 and nf4.',
    tone: 'problem',
  });
  const some = predictionVerdict([...broken, row('int4', 0.14, 12)], 'the weights');
  expect(some.sentence).toContain('the best, int4, raises');
});
