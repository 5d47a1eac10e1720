import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { COMPARE_FORMAT_NAMES } from '../analysis/comparison/compare-formats';
import { bibtexOf } from './bibtex';
import { citation } from './citation';
import { claimText } from './claim-text';
import { CLAIMS } from './claims';
import { OFTEN_CLAIMED } from './often-claimed';
import { SOURCE_KEYS, SOURCES, sourceOf } from './sources';

const ids = CLAIMS.map(({ id }) => id);

/** The value of an expression of numbers. */
function valueOf(expression: string): number {
  expect(expression).toMatch(/^[\d.e+\-*/() ]+$/);
  return Number(runInNewContext(expression));
}

describe('claims of the literature', () => {
  it('have an id of their own, and are of formats that can be compared', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { formats } of CLAIMS)
      for (const format of formats) expect(COMPARE_FORMAT_NAMES).toContain(format);
  });

  it.each(CLAIMS.map((claim) => [claim.id, claim] as const))(
    '%s has a source that was read, a baseline, a machine and conditions',
    (_, claim) => {
      const { source, seen, against, hardware, conditions, low, high, says } = claim;
      expect(sourceOf(source).url).toMatch(/^https:\/\//);
      expect(['abstract', 'full text', 'documentation', 'web page', 'repository']).toContain(seen);
      for (const text of [against, hardware, conditions]) expect(text).not.toBe('');
      expect(low !== null || high !== null || says !== undefined).toBe(true);
      if (low !== null && high !== null) expect(low).toBeLessThanOrEqual(high);
      if (claim.quantity === 'accuracy') expect(says).toBeDefined();
      if (claim.quantity !== 'speed') expect(Math.max(low ?? 0, high ?? 0)).toBeLessThan(1);
    },
  );

  it.each(
    CLAIMS.flatMap(({ id, derived, low, high }) => (derived ? [{ id, derived, low, high }] : [])),
  )('$id follows from its source by the arithmetic that it shows', ({ derived, low, high }) => {
    for (const [expression, figure] of [
      [derived.low, low],
      [derived.high, high],
    ] as const) {
      if (expression === undefined) continue;
      expect(figure).not.toBeNull();
      // To the digits that are shown.
      const digits = String(figure).split('.')[1]?.length ?? 0;
      expect(valueOf(expression)).toBeCloseTo(Number(figure), digits);
    }
  });

  it.each([
    ['speed', 1.5, 5.5, '1.5–5.5x'],
    ['speed', null, 1.9, 'up to 1.9x'],
    ['speed', 3, null, 'more than 3x'],
    ['speed', 16, 16, '16x'],
    ['memory', 0.39, 0.42, '39–42%'],
    ['memory', 0.859, 0.871, '85.9–87.1%'],
    ['energy', null, 0.64, 'up to 64%'],
    ['energy', -0.33, -0.17, '17–33% more'],
    ['energy', -0.29, 0.11, '29% more to 11% less'],
  ] as const)('of %s from %s to %s read %s', (quantity, low, high, text) => {
    expect(claimText({ quantity, low, high })).toBe(text);
  });

  it('that are often made without a source name what the sources say instead', () => {
    for (const { formats, see, instead } of OFTEN_CLAIMED) {
      expect(instead.length).toBeGreaterThan(20);
      expect(see.length).toBeGreaterThan(0);
      const claims = see.map((id) => CLAIMS.find((claim) => claim.id === id));
      expect(claims).not.toContain(undefined);
      for (const format of formats) expect(COMPARE_FORMAT_NAMES).toContain(format);
    }
  });
});

describe('sources', () => {
  it('are each cited by a claim', () => {
    const used = new Set<string>(CLAIMS.map(({ source }) => source));
    expect(SOURCE_KEYS.filter((key) => !used.has(key))).toEqual([]);
  });

  it('are cited in a sentence with their address, and what is not reviewed says so', () => {
    expect(citation('doerrich2023mixed')).toBe(
      'M. Dörrich, M. Fan, A. M. Kist. Impact of Mixed Precision Techniques on Training and Inference Efficiency of Deep Neural Networks. IEEE Access 11:57627–57634 2023. doi:10.1109/ACCESS.2023.3284388.',
    );
    expect(citation('cebi2026')).toMatch(/^E\. Çebi, .* \(not reviewed\)\.$/);
    expect(citation('keras2026mixed')).toMatch(/keras\.io.* seen 2026-11-28\)\.$/);
    expect(citation('lin2024awq')).toMatch(/^J\. Lin et al\. AWQ/);
    expect(citation('deputter2025poq')).toContain('Neural Networks? IEEE Access');
  });
});

interface Entry {
  readonly type: string;
  readonly key: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** BibTeX as its grammar has it, with values in braces; throws where it is anything else. */
function parsed(text: string): Entry[] {
  let at = 0;
  const take = (pattern: RegExp): string => {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = at;
    const [found] = sticky.exec(text) ?? [];
    if (found === undefined) throw new Error(`${pattern} expected at ${text.slice(at, at + 40)}`);
    at += found.length;
    return found;
  };
  const value = (): string => {
    take(/\{/);
    const from = at;
    for (let depth = 1; depth > 0; at++) {
      if (at >= text.length) throw new Error('a brace is open');
      if (text[at] === '\\') at++;
      else if (text[at] === '{') depth++;
      else if (text[at] === '}') depth--;
    }
    return text.slice(from, at - 1);
  };
  const entries: Entry[] = [];
  take(/\s*/);
  while (at < text.length) {
    take(/@/);
    const type = take(/[a-z]+/);
    take(/\{/);
    const key = take(/[A-Za-z][\w:-]*/);
    take(/,\s*/);
    const fields: Record<string, string> = {};
    while (text[at] !== '}') {
      const name = take(/[a-z]+/);
      expect(fields).not.toHaveProperty(name);
      take(/ = /);
      fields[name] = value();
      take(/,\s*/);
    }
    take(/\}\s*/);
    entries.push({ type, key, fields });
  }
  return entries;
}

describe('BibTeX', () => {
  const text = bibtexOf(SOURCE_KEYS);
  const entries = parsed(text);

  it('has each source once, sorted, with what its type needs', () => {
    expect(entries.map(({ key }) => key)).toEqual(SOURCE_KEYS.toSorted());
    const needs = {
      article: ['journal', 'volume', 'pages'],
      inproceedings: ['booktitle'],
      misc: [],
    };
    for (const { type, fields } of entries) {
      const wanted = needs[type as keyof typeof needs];
      expect(wanted).toBeDefined();
      for (const name of ['author', 'title', 'url', ...wanted]) expect(fields[name]).toBeTruthy();
      if (type !== 'misc') expect(fields['year']).toMatch(/^\d{4}$/);
      if (fields['year'] === undefined) expect(fields['note']).toContain('Seen 2026-11-28');
    }
  });

  it('is ASCII, with accents as TeX has them and no sign that TeX takes for its own', () => {
    expect(text).not.toMatch(/[^\n -~]/);
    const of = (key: string) => entries.find((entry) => entry.key === key)?.fields ?? {};
    expect(of('cebi2026')['author']).toMatch(/^\{\\c\{C\}\}ebi, Emre and /);
    expect(of('doerrich2023mixed')).toMatchObject({ volume: '11', pages: '57627--57634' });
    for (const { fields } of entries)
      for (const [name, field] of Object.entries(fields))
        if (name !== 'url' && name !== 'doi') expect(field).not.toMatch(/(?<!\\)[&%#$_]/);
  });

  it('of one source asked for twice is one entry', () => {
    expect(parsed(bibtexOf(['cebi2026', 'cebi2026']))).toHaveLength(1);
    expect(SOURCES.cebi2026.review).toBe('unreviewed');
  });
});
