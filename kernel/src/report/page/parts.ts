import { htmlTable, type Column, type Row } from '../../display/table';
import { escapeHtml } from '../../display/text';
import { scale } from '../../quantities/arithmetic';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';

/** A heading with what stands under it; nothing where there is nothing to show. */
export function section(heading: string, ...parts: readonly string[]): string {
  const content = parts.filter((part) => part !== '').join('\n');
  return content === '' ? '' : `<section><h2>${escapeHtml(heading)}</h2>\n${content}\n</section>`;
}

export function paragraph(text: string): string {
  return text === '' ? '' : `<p>${escapeHtml(text)}</p>`;
}

export function list(items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

export function table(columns: readonly (Column | string)[], rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const full = columns.map((column): Column =>
    typeof column === 'string' ? { header: column } : column,
  );
  return unbroken(htmlTable(full, rows));
}

/** A cell with what `printQuantity` gives: a figure, its unit, its interval, and that it is incomplete. */
const FIGURE = />(-?[\d.,]+(?: [^\s<>(),]+)?)(?: (\([^<>()]+\)))?(, incomplete)?<\/td>/gu;

/** Cells with figures break before the interval and after it, and nowhere else. */
export function unbroken(html: string): string {
  return html.replace(FIGURE, (_, ...[figure, interval, rest]: (string | undefined)[]) => {
    const parts = [figure, interval].flatMap((part) =>
      part === undefined ? [] : [/[ (]/.test(part) ? `<span class="figure">${part}</span>` : part],
    );
    return `>${parts.join(' ')}${rest ?? ''}</td>`;
  });
}

export function left(header: string): Column {
  return { header, align: 'left' };
}

export function joules(figure: Quantity): string {
  return printQuantity(figure, 'J');
}

export function grams(figure: Quantity): string {
  return printQuantity(figure, 'g');
}

/** Seconds; thousands of them aren't kiloseconds to anyone. */
export function seconds(figure: Quantity): string {
  return printQuantity(figure, 's', { prefix: figure.value < 1 });
}

/** Part of a figure, with the digits that the figure's own interval bears. */
export function partOf(whole: Quantity, part: number | null): string {
  if (part === null) return 'unknown';
  if (whole.value === 0) return '0 J';
  return printQuantity(scale(whole, part / whole.value), 'J', { interval: false });
}

/** The first digits of a hash, enough to tell two apart by eye. */
export function shortHash(hash: string): string {
  return hash.replace(/^sha256:/, '').slice(0, 12);
}
