import { describe, expect, it } from 'vitest';
import { quantityOf } from '../report-parts.fixture';
import { richReport } from '../report.fixture';
import { accuracyOf } from './accuracy';

const report = richReport();
const scored = (cell: number, name: string, value: number) => ({
  cell,
  name,
  value: quantityOf(value),
  unit: '',
});
const table = [
  scored(5, 'accuracy of digits-cnn in fp32', 0.97),
  scored(5, 'accuracy of digits-cnn in int8', 0.31),
];

describe('the accuracy of a task', () => {
  it('is what the notebook recorded last, whatever a table shows after it', () => {
    const results = [scored(4, 'accuracy', 0.5), scored(4, 'test accuracy', 0.96), ...table];
    expect(accuracyOf({ ...report, results })).toBe(0.96);
  });

  it("is else that of a table's baseline", () => {
    expect(accuracyOf({ ...report, results: [...table, scored(6, 'loss', 0.1)] })).toBe(0.97);
  });

  it('is none where there is none, or where it is no fraction', () => {
    expect(accuracyOf({ ...report, results: [scored(6, 'loss', 0.1)] })).toBeUndefined();
    expect(accuracyOf({ ...report, results: [scored(6, 'accuracy', 97)] })).toBeUndefined();
  });
});
