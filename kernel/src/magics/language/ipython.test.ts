import { describe, expect, it } from 'vitest';
import { MAGICS } from '../table';
import { insteadOf } from './ipython';
import { expandMagics } from './magics';

function refusal(code: string): string {
  const expansion = expandMagics(MAGICS, code);
  return expansion.ok ? 'expanded' : expansion.error.evalue;
}

describe("a magic of IPython's", () => {
  it.each([
    ['%pip install numpy', '%npm install NAME'],
    ['%matplotlib inline', 'plotly('],
    ['%%bash\nls', 'execSync('],
    ['%run script.py', "import('./file.ts')"],
  ])('%j is told what is here in its place', (code, told) => {
    expect(refusal(code)).toContain("is a magic of IPython's");
    expect(refusal(code)).toContain(told);
  });

  it('has no entry where there is one of the same name here', () => {
    expect(MAGICS.all.filter(({ name }) => insteadOf(name) !== undefined)).toEqual([]);
  });

  it('is no word that only JavaScript knows', () => {
    expect(refusal('%constructor')).toContain('unknown magic');
  });
});
