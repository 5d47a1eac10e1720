import { expect, it } from 'vitest';
import { countBatches, countRefusal, predictionsInWords } from './predictions';

it('says nothing before there were predictions, then how many were one program and why others were not', () => {
  expect(predictionsInWords()).toBe('');
  countBatches(4, false);
  countBatches(120, true);
  expect(predictionsInWords()).toBe('run as one program: 120 of 124');
  countRefusal('Cube is a layer class of its own');
  countRefusal('lstm_1 is stateful');
  countRefusal('Cube is a layer class of its own');
  expect(predictionsInWords()).toBe(
    'run as one program: 120 of 124; op by op: Cube is a layer class of its own (2), lstm_1 is stateful (1)',
  );
});
