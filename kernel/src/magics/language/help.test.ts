import { describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { lsmagic, magicHelp } from '../help';
import { macros } from '../macros';
import { MAGICS } from '../table';

const text = (marked: string): string | undefined => {
  const bundle = macros.inspect(marked.replace('|', ''), marked.indexOf('|'));
  return bundle && String(bundle['text/plain']);
};

describe('help', () => {
  it.each(MAGICS.all.map(({ name }) => name))(
    'of %%%s names each parameter and example',
    (name) => {
      const magic = MAGICS.find(name);
      const plain = String(magicHelp(name));
      const markdown = String(magicHelp(name)[JUPYTER_DISPLAY]()['text/markdown']);
      for (const p of [...(magic?.positionals ?? []), ...(magic?.options ?? [])]) {
        expect(plain).toContain(`\n  ${p.name}`);
        expect(markdown).toContain(`| \`${p.name}\` |`);
      }
      for (const { code } of magic?.examples ?? []) {
        for (const line of code.split('\n')) {
          expect(plain).toContain(line);
          expect(markdown).toContain(line);
        }
      }
    },
  );

  it('is found with percent signs too', () => {
    expect(String(magicHelp('%%time'))).toBe(String(magicHelp('time')));
  });

  it('of an unknown name tells the nearest', () => {
    expect(() => magicHelp('precison')).toThrow(/precision/);
  });

  it('keeps the bars of choices from splitting a table', () => {
    const markdown = String(lsmagic()[JUPYTER_DISPLAY]()['text/markdown']);
    for (const row of markdown.split('\n').filter((line) => line.startsWith('|'))) {
      expect(row.replaceAll('\\|', '').split('|')).toHaveLength(4);
    }
  });
});

describe('inspection', () => {
  it('tells the magic on its name, also at its edges', () => {
    for (const marked of [
      '|%precision',
      '%pre|cision fp16',
      'f()\n%precision| fp16',
      '%precision| ',
    ]) {
      expect(text(marked)).toMatch(/^%precision /);
    }
  });

  it('tells a parameter on its option or value first', () => {
    expect(text('%carbon --reg|ion FRA')).toMatch(/^--region /);
    expect(text('%carbon --region F|RA')).toMatch(/^--region /);
    expect(text('%precision fp|16')).toMatch(/^spec /);
    expect(text('%compare fp32 model --batch|-size 3')).toMatch(/^--batch-size /);
  });

  it('leaves expressions and code to TypeScript', () => {
    for (const marked of [
      '%quantize int8 mod|el',
      '%compare fp32 m --data x|,y',
      'f|()\n%time g()',
      '%time f|()',
      '%nothing|',
    ]) {
      expect(macros.inspect(marked.replace('|', ''), marked.indexOf('|'))).toBeUndefined();
    }
  });
});
