import { COMPARE_FORMAT_NAMES } from '../../analysis/comparison/compare-formats';
import { describe, expect, it } from 'vitest';
import { POLICY_NAMES } from '../../precision/policy';
import { macros } from '../macros';
import { MAGICS } from '../table';

/** Completes at `|`, and gives the cells that the user could get. */
function completed(marked: string): string[] | undefined {
  const offset = marked.indexOf('|');
  const code = marked.replace('|', '');
  const found = macros.complete(code, offset);
  return found?.matches.map((match) => code.slice(0, found.start) + match + code.slice(found.end));
}
const matches = (marked: string): readonly string[] | undefined =>
  macros.complete(marked.replace('|', ''), marked.indexOf('|'))?.matches;

describe('names', () => {
  it('are all offered after a percent sign', () => {
    const all = MAGICS.all.flatMap(({ name, forms }) =>
      forms.map((f) => (f === 'cell' ? '%%' : '%') + name),
    );
    expect(new Set(matches('%|'))).toEqual(new Set(all));
    expect(matches('%%|')).toEqual([
      '%%precision',
      '%%carbon',
      '%%measure',
      '%%time',
      '%%timeit',
      '%%writefile',
    ]);
  });

  it('are completed after the question mark that asks for help', () => {
    expect(macros.complete('?%precis', 8)).toEqual({
      matches: ['%precision'],
      types: ['magic'],
      start: 1,
      end: 8,
    });
  });

  it('are completed from their begin', () => {
    expect(completed('%pre|')).toEqual(['%precision']);
    expect(completed('f()\n  %gra|\ng()')).toEqual([
      'f()\n  %gradients\ng()',
      'f()\n  %graph\ng()',
    ]);
    expect(completed('%gra|me f()')).toEqual(['%gradientsme f()', '%graphme f()']);
    expect(matches('%%pre|')).toEqual(['%%precision']);
  });

  it('of cell magics are offered in the first line only', () => {
    expect(matches('f()\n%|')?.filter((name) => name.startsWith('%%'))).toEqual([]);
  });

  it('are not offered where TypeScript goes on', () => {
    for (const marked of ['f(\n%|', '`\n%|`', 'x % |', '// %|', 'x\n% ti|', '%nothing|']) {
      expect(matches(marked)).toBeUndefined();
    }
  });
});

describe('options', () => {
  it('are offered after dashes', () => {
    expect(matches('%gradients on --|')).toEqual([
      '--every',
      '--of',
      '--live',
      '--as',
      '--against',
      '--show',
      '--help',
    ]);
    expect(completed('%carbon --re|')).toEqual(['%carbon --region']);
    expect(completed('%compare fp32 model --ba|')).toEqual(['%compare fp32 model --batch-size']);
  });

  it('are offered once the positional parameters are there', () => {
    expect(matches('%quantize int8 model |')).toContain('--as');
    expect(matches('%doctor |')).toEqual(['--show', '--help']);
  });

  it('are not offered twice, nor beside one they exclude', () => {
    expect(matches('%gradients on --every 3 --|')).toEqual([
      '--of',
      '--live',
      '--as',
      '--against',
      '--show',
      '--help',
    ]);
    const modes = matches('%quantize int8 model --dynamic --|');
    expect(modes).not.toContain('--static');
    expect(modes).not.toContain('--dynamic');
    expect(modes).toContain('--granularity');
  });

  it('are not offered within a timed statement', () => {
    expect(matches('%time x --|')).toBeUndefined();
    expect(matches('%time --|')).toEqual(['--show', '--help']);
  });
});

describe('shell-like magics', () => {
  it('offer their short options by their long names, and nothing within the text of a file', () => {
    expect(completed('%%writefile --ap|')).toEqual(['%%writefile --append']);
    expect(completed('%npm install lodash --ig|')).toEqual([
      '%npm install lodash --ignore-scripts',
    ]);
    expect(matches('%npm |')).toEqual(['install', 'uninstall']);
    expect(matches('%%writefile a.ts\n%pre|')).toBeUndefined();
  });
});

describe('values', () => {
  it('are offered for a positional parameter, with the options if it can be left out', () => {
    expect(matches('%precision |')).toEqual([
      ...POLICY_NAMES,
      '--native',
      '--keep',
      '--show',
      '--help',
    ]);
    expect(matches('%compare |')).toEqual([...COMPARE_FORMAT_NAMES]);
  });

  it('are completed', () => {
    expect(completed('%precision b|')).toEqual(['%precision bf16']);
    expect(completed('%gradients o|')).toEqual(['%gradients on', '%gradients off']);
  });

  it('of a list are offered for its last item, without those it has', () => {
    expect(completed('%compare fp32,bi|')).toEqual(['%compare fp32,binary']);
    expect(completed('%compare fp32, fp1|')).toEqual([
      '%compare fp32, fp16',
      '%compare fp32, fp16-weight-only',
    ]);
    expect(matches('%compare fp32,|')).not.toContain('fp32');
  });

  it('are offered after an option, with a blank or an equals sign', () => {
    expect(completed('%quantize int8 model --granularity per-t|')).toEqual([
      '%quantize int8 model --granularity per-tensor',
    ]);
    expect(completed('%carbon --region=FR|')).toEqual(['%carbon --region=FRA']);
    expect(matches('%quantize int8 model --calibrate x --observer |')).toContain('percentile');
  });

  it('that are expressions are left to TypeScript', () => {
    for (const marked of [
      '%quantize int8 |',
      '%quantize int8 mod|',
      '%compare fp32 model --data |',
      '%compare fp32 model --data=x.|',
      '%time f(|',
    ]) {
      expect(macros.complete(marked.replace('|', ''), marked.indexOf('|'))).toBeUndefined();
    }
  });

  it('have one type each', () => {
    const found = macros.complete('%precision ', 11);
    expect(found?.types).toHaveLength(found?.matches.length ?? NaN);
  });
});
