import { describe, expect, it } from 'vitest';
import { htmlTable, textTable } from './table';

const columns = [
  { header: 'layer' },
  { header: 'bytes' },
  { header: 'note', align: 'left' as const },
];

describe('textTable', () => {
  it('aligns figures right and text left, without trailing blanks', () => {
    const text = textTable(columns, [
      ['dense', '12', 'kept in float'],
      ['convolution', '1024', ''],
    ]);
    expect(text).toBe(
      [
        'layer        bytes  note',
        '───────────  ─────  ─────────────',
        'dense           12  kept in float',
        'convolution   1024',
      ].join('\n'),
    );
  });

  it('lets no terminal escape sequence through', () => {
    expect(textTable(columns, [['\u001B[31mred\nline', '1', '']])).not.toMatch(/\u001B|red\nline/);
  });
});

describe('htmlTable', () => {
  it('escapes every text of the table', () => {
    const evil = '<script>alert("1")</script>';
    const html = htmlTable([{ header: evil, group: evil }, { header: 'x' }], [[evil, evil]], {
      caption: evil,
    });
    expect(html).not.toContain('<script');
    expect(html.split('&lt;script&gt;alert(&quot;1&quot;)').length - 1).toBe(6);
  });

  it('gives each heading its scope and the table its caption', () => {
    const html = htmlTable(columns, [['dense', '12', '']], { caption: 'Layers' });
    expect(html).toMatch(/<caption[^>]*>Layers<\/caption>/);
    expect(html.match(/scope="col"/g)).toHaveLength(3);
    expect(html).toMatch(/<th scope="row"[^>]*>dense<\/th>/);
  });

  it('spans neighboring columns of one group', () => {
    const html = htmlTable(
      [{ header: 'format' }, { header: 'a', group: 'here' }, { header: 'b', group: 'here' }],
      [],
    );
    expect(html).toMatch(/scope="colgroup" colspan="2"[^>]*>here</);
  });
});
