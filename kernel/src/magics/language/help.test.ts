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

  it('tells the signature with the parameter that is being written, on its option or value', () => {
    expect(text('%carbon --reg|ion FRA')).toMatch(/^%carbon .*«\[--region <.*>\]»/);
    expect(text('%carbon --region F|RA')).toMatch(/^%carbon .*«\[--region <.*>\]»/);
    expect(text('%precision fp|16')).toMatch(/^%precision «\[<spec>\]» /);
    expect(text('%%precision fp|16')).toMatch(/^%%precision «\[<spec>\]» /);
    expect(text('%compare fp32 model --batch|-size 3')).toMatch(
      /«\[--batch-size <integer >= 1>\]»/,
    );
  });

  it('tells what comes next where nothing stands yet', () => {
    expect(text('%compare |')).toMatch(/^%compare «<formats>» <model> /);
    expect(text('%compare fp32 |')).toMatch(/^%compare <formats> «<model>» /);
    expect(text('%compare fp32 model --data |')).toMatch(/«--data <expressions x\[,y\]>»/);
    expect(text('%compare fp32 model |')).not.toContain('«');
  });

  it('tells type, allowed values, default, and an example that has the option', () => {
    const optimizer = text('%memory model --optimizer |');
    expect(optimizer).toMatch(/\n {2}Allowed: .*\bsgd\b/);
    expect(optimizer).toContain('Example: %memory model --batch 256 --optimizer sgd');
    expect(text('%compare |')).toContain('\n  Allowed, with commas between: fp32, ');
    expect(text('%precision --native|')).toContain('\n  Type: flag, without a value');
    for (const { name, options, forms } of MAGICS.all) {
      const sign = forms.includes('line') ? '%' : '%%';
      for (const option of options) {
        const shown = text(`${sign}${name} ${option.name}|`);
        expect(shown).toContain(`\n\n${option.name}: ${option.doc.replaceAll('`', '')}\n`);
        if (option.default !== undefined) expect(shown).toContain(`Default: ${option.default}`);
      }
    }
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
