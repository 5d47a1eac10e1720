import { describe, expect, it } from 'vitest';
import { toJson, toJsonBytes } from './json';

const LONG = 60_000;
const texts: Readonly<Record<string, string>> = {
  base64: 'QUJD+/=='.repeat(LONG / 8),
  'each character that needs no escape': " !#$%&()*+,-./:;<=>?@[]^_`{|}~azAZ09'".repeat(2000),
  'a quote at the end': `${'x'.repeat(LONG)}"`,
  'a backslash': `\\${'x'.repeat(LONG)}`,
  'a line break': `${'x'.repeat(LONG)}\n`,
  'a control character': `${'x'.repeat(LONG)}\u0000\u001f`,
  'what JSON need not escape': `${'x'.repeat(LONG)}\u007f`,
  'more than a byte': `${'x'.repeat(LONG)}\u00e9\u20ac\u{1f600}`,
  'half a pair': `${'x'.repeat(LONG)}\ud83d`,
  short: 'x',
};

describe('a part of a message as bytes', () => {
  it.each(Object.entries(texts))('is its JSON: %s', (_name, text) => {
    for (const part of [
      { data: { 'text/plain': text }, metadata: { text }, transient: {} },
      { data: { a: text, b: 1, 'image/png': texts['base64'], c: [text], d: text }, text },
      { data: text },
      { data: [text] },
      { text },
    ])
      expect(toJsonBytes(part).equals(Buffer.from(toJson(part)))).toBe(true);
  });

  it.each([0, 1, 2, 3, 4, 5, 30_000, LONG - 3, LONG - 2, LONG - 1])(
    'escapes a control character wherever it stands: at %i',
    (at) => {
      for (const escaped of ['\u0000', '\t', '\u001f', '\r', '\n', '"', '\\'])
        for (const name of ['a', 'ab', 'abc', 'abcd']) {
          const text = `${'x'.repeat(at)}${escaped}${'y'.repeat(LONG - at - 1)}`;
          const part = { data: { [name]: text } };
          expect(toJsonBytes(part).equals(Buffer.from(JSON.stringify(part)))).toBe(true);
        }
    },
  );

  it('keeps the order of names that JavaScript puts first', () => {
    const text = texts['base64'];
    const part = { data: { z: text, 7: text, a: `${text ?? ''}a` }, metadata: {} };
    expect(toJsonBytes(part).equals(Buffer.from(toJson(part)))).toBe(true);
  });
});
