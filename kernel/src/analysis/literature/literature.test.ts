import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { bibtex, save, tablesOf } from '../../paper/save';
import { precisionTableBundle } from '../comparison/view';
import { samplePrecisionTable } from '../../payloads/samples.fixture';
import { literature } from './literature';

const at = (name: string): string => join(mkdtempSync(join(tmpdir(), 'halfnote-bib-')), name);

describe('literature', () => {
  it('lists the claims of a format and a quantity, with their publications', () => {
    const found = literature({ format: 'float16', quantity: 'speed' });
    expect(found.claims.length).toBeGreaterThan(4);
    for (const { formats, quantity } of found.claims) {
      expect(formats).toContain('fp16');
      expect(quantity).toBe('speed');
    }
    expect(found.claims.find(({ id }) => id === 'huang2020-speed')).toMatchObject({
      low: 1.5,
      high: 5.5,
      against: 'fp32',
      publication: { year: 2020, review: 'documentation' },
    });
    expect(found.oftenClaimed).toMatchObject([{ says: '2x', found: 'with limits' }]);
  });

  it('says where nothing was found, and what is claimed all the same', () => {
    const text = String(
      literature({ format: 'bf16', quantity: 'energy' })[JUPYTER_DISPLAY]()['text/plain'],
    );
    expect(text).toMatch(/^No claim with a source that was read \(energy of bf16\)\./);
    expect(text).toMatch(/fp16, bf16 +Energy saved +30–50% +none found/);
  });

  it('shows each claim with figure, baseline, conditions and source', () => {
    const text = String(literature({ format: 'nf4' })[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toMatch(/nf4 +Energy saved +29% more to 11% less +fp16 +RTX 5090; four LLMs/);
    expect(text).toContain('doi:10.5281/zenodo.18900289 (not reviewed).');
  });

  it.each([
    [{ format: 'fb16' }, /^Unknown format 'fb16'\. Allowed: fp32, .*\nDid you mean/],
    [{ format: 7 }, /^Unknown format 7\. Allowed/],
    [{ quantity: 'joules' }, /^quantity must be speed, memory, energy, accuracy, not 'joules'\./],
  ])('refuses %j', (options, message) => {
    expect(() => literature(options as object)).toThrow(message);
  });
});

describe('BibTeX of a view', () => {
  it('has the sources that a comparison cites, once each', async () => {
    const view = precisionTableBundle(samplePrecisionTable);
    const path = at('sources.bib');
    await save(view, path);
    const text = readFileSync(path, 'utf8');
    expect(text).toBe(bibtex(view));
    const keys = [...text.matchAll(/^@\w+\{(\w+),/gm)].map(([, key]) => key);
    expect(keys).toEqual((samplePrecisionTable.sources ?? []).map(({ key }) => key).toSorted());
  });

  it('has those of all claims, and tables of claims can be saved beside it', async () => {
    const all = literature();
    const keys = new Set(all.claims.map(({ source }) => source));
    expect(bibtex(all).match(/^@/gm)).toHaveLength(keys.size);
    const path = at('claims.tex');
    await save(all, path);
    expect(readFileSync(path, 'utf8')).toContain('PyTorch AMP 2020');
    expect(tablesOf(all).map(({ caption }) => caption)).toEqual([
      'Claims of the literature',
      'Often claimed, against fp32',
      'Sources',
    ]);
  });

  it('is refused of what cites nothing', async () => {
    await expect(save(7, at('none.bib'))).rejects.toThrow(
      /^What was given cites nothing, so there/,
    );
    await expect(save(literature(), at('a.bib'), { table: 1 })).rejects.toThrow(
      /^A table is written as \.csv, \.md, \.tex, not to/,
    );
  });
});
