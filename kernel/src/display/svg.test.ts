import { describe, expect, it } from 'vitest';
import { label, svg } from './svg';

/** What an XML document may hold: `Char` of XML 1.0. */
const CHARS = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

function documentOf(text: string): string {
  const body = label(0, 0, text, {}, 10);
  const html = svg({ title: 'a picture', description: 'of text', width: 10, height: 10, body });
  const [, source = ''] = /src="data:image\/svg\+xml;charset=utf-8,([^"]*)"/.exec(html) ?? [];
  return decodeURIComponent(source);
}

describe('a picture as an image', () => {
  it.each([
    ['a control character', 'dense\u0001', 'dense\uFFFD'],
    ['an escape sequence', '\u001b[31mred', '\uFFFD[31mred'],
    ['half a character', 'half \ud83d', 'half \uFFFD'],
    ['no character', 'not \uffff', 'not \uFFFD'],
    ['a character cut in two', '123🙂45678🙂9', '123\uFFFD…78🙂9'],
    ['signs of a URL', '100% #1 ?', '100% #1 ?'],
    ['a character beyond the first plane', 'layer 🙂', 'layer 🙂'],
  ])('is a document where a name holds %s', (_, name, shown) => {
    const document = documentOf(name);
    expect(document).toMatch(CHARS);
    expect(document).toContain(`>${shown}</text>`);
  });
});
