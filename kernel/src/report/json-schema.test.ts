import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportJsonSchema } from './json-schema';
import { report } from './schema';
import { sampleReport } from './report.fixture';

describe('the JSON Schema of reports', () => {
  it('is published as it is: `node scripts/docs.mjs` writes it', () => {
    const file = join(__dirname, '../../../docs/report.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(reportJsonSchema())),
    );
  });

  it('is of what reports are read by', () => {
    expect(report.safeParse(JSON.parse(JSON.stringify(sampleReport()))).success).toBe(true);
    expect(reportJsonSchema()).toMatchObject({ additionalProperties: false });
  });
});
