const SIGNS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': "''",
  '\u00a0': '~',
  '°': '\\textdegree{}',
  µ: '$\\mu$',
  μ: '$\\mu$',
  '−': '$-$',
  '±': '$\\pm$',
  '×': '$\\times$',
  '✕': '$\\times$',
  '÷': '$\\div$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  '≈': '$\\approx$',
  '≠': '$\\ne$',
  '∞': '$\\infty$',
  '·': '$\\cdot$',
  '→': '$\\to$',
  '←': '$\\leftarrow$',
  '√': '$\\surd$',
  Δ: '$\\Delta$',
  Σ: '$\\Sigma$',
  α: '$\\alpha$',
  β: '$\\beta$',
  γ: '$\\gamma$',
  ε: '$\\varepsilon$',
  λ: '$\\lambda$',
  σ: '$\\sigma$',
  '–': '--',
  '—': '---',
  '‘': '`',
  '’': "'",
  '“': '``',
  '”': "''",
  '…': '\\ldots{}',
};
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const LOWERED = '₀₁₂₃₄₅₆₇₈₉';

/** Text as LaTeX prints it, with pdfLaTeX too: signs that its fonts lack stand as their code points. */
export function latexText(text: string): string {
  return text
    .replace(/\s+/g, (space) => (space === '\u00a0' ? space : ' '))
    .replace(/[{}$&#_%]|[^\x20-\x7eÀ-ÖØ-öø-ſ⁻⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]|[\\~^<>|"]/gu, sign)
    .replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (power) => `$^{${digits(power, RAISED)}}$`)
    .replace(/[₀₁₂₃₄₅₆₇₈₉]+/g, (index) => `$_{${digits(index, LOWERED)}}$`);
}

function sign(character: string): string {
  const known = SIGNS[character];
  if (known !== undefined) return known;
  if (/[{}$&#_%]/.test(character)) return `\\${character}`;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `[U+${code}]`;
}

function digits(text: string, alphabet: string): string {
  return text.replace(/./g, (digit) => (digit === '⁻' ? '-' : String(alphabet.indexOf(digit))));
}

/** What a `\ref` names: `fig:speedup-against-fp32`, of the words before a colon or comma. */
export function latexLabel(kind: 'fig' | 'tab', caption: string): string {
  const words = (caption.split(/[:;,.]\s/)[0] ?? '').normalize('NFKD').toLowerCase();
  const slug = words.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `${kind}:${slug.slice(0, 40).replace(/-$/, '') || 'halfnote'}`;
}
