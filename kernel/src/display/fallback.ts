import type { MimeBundle } from '../host';
import {
  type Draw,
  type Exhibits,
  exhibitsOf,
  joinExhibits,
  NO_EXHIBITS,
  withExhibits,
} from './exhibits';
import { encodeNumbers } from './numbers';
import { svg } from './svg';
import {
  type Column,
  htmlTable,
  PRINT_STYLE,
  type Row,
  TABLE_STYLE,
  type TableOptions,
  textTable,
} from './table';
import { escapeHtml, plain } from './text';
import type { Verdict } from './verdict-type';

/** What every front end and a terminal can show: HTML without scripts, and text. */
export interface Fallback {
  readonly html: string;
  /** Empty for a picture. */
  readonly text: string;
  /** The tables and pictures within, as data. */
  readonly exhibits?: Exhibits;
  /** What it says first, where it has a verdict: a view of the extension says the same. */
  readonly verdict?: Verdict;
}

/** A bundle: our payload for the extension, and what every other front end and a terminal show. */
export function bundle(mime: string, payload: unknown, fallback: Fallback): MimeBundle {
  const shown = staticBundle(fallback);
  return withExhibits({ [mime]: encodeNumbers(payload), ...shown }, exhibitsOf(shown));
}

/** The same of a payload with the verdict that the fallback begins with. */
export function viewBundle(mime: string, payload: object, fallback: Fallback): MimeBundle {
  const { verdict } = fallback;
  return bundle(mime, verdict === undefined ? payload : { ...payload, verdict }, fallback);
}

/** The same for what has no view in the extension. */
export function staticBundle({ html, text, exhibits }: Fallback): MimeBundle {
  const styles = [
    ...(html.includes('<table') ? [TABLE_STYLE, PRINT_STYLE] : []),
    ...(html.includes('<img') ? [DARK_PICTURES] : []),
  ];
  const style = styles.length === 0 ? '' : `<style>${styles.join('')}</style>`;
  return withExhibits(
    {
      'text/html': `<div class="halfnote" style="max-width:100%">${style}${html}</div>`,
      'text/plain': text,
    },
    exhibits,
  );
}

/** In dark themes of JupyterLab, nbconvert and VS Code pictures are dark too, with the hues that they have. */
const DARK_PICTURES =
  ':is(body[data-jp-theme-light=false],.vscode-dark) .halfnote img{filter:invert(.93) hue-rotate(180deg)}';

/** Parts one below the other, folded ones close to each other; empty ones leave no gap. */
export function stacked(...parts: readonly Fallback[]): Fallback {
  const html = parts.map((part) => part.html).filter((part) => part !== '');
  const text = parts.map((part) => part.text).filter((part) => part !== '');
  const verdict = parts.find((part) => part.verdict !== undefined)?.verdict;
  return {
    html: html
      .map((part, i) => {
        const gap = part.startsWith('<details') ? 3 : 10;
        return i === 0 ? part : `<div style="margin-top:${gap}px">${part}</div>`;
      })
      .join(''),
    text: text.join('\n\n'),
    exhibits: joinExhibits(parts.map(({ exhibits }) => exhibits)),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

export function table(
  columns: readonly Column[],
  rows: readonly Row[],
  options: TableOptions = {},
): Fallback {
  const { caption = '' } = options;
  return {
    html: htmlTable(columns, rows, options),
    text: textTable(columns, rows, options),
    exhibits: { ...NO_EXHIBITS, tables: [{ caption, columns, rows }] },
  };
}

/** Pictures, one below the other; those of which there is nothing to see are left out. */
export function picture(...draws: readonly Draw[]): Fallback {
  const drawn = draws.flatMap((draw) => {
    const drawing = draw();
    return drawing === undefined ? [] : [{ draw, drawing }];
  });
  return {
    html: drawn.map(({ drawing }) => svg(drawing)).join(''),
    text: '',
    exhibits: { ...NO_EXHIBITS, figures: drawn.map(({ draw }) => draw) },
  };
}

/** Remarks under a table. */
export function notes(lines: readonly string[]): Fallback {
  if (lines.length === 0) return { html: '', text: '' };
  const items = lines.map((line) => `<li style="margin:2px 0">${escapeHtml(line)}</li>`).join('');
  return {
    html: `<ul style="margin:0;padding-left:20px;font-size:90%">${items}</ul>`,
    text: lines.map((line) => `* ${plain(line)}`).join('\n'),
    exhibits: { ...NO_EXHIBITS, notes: lines },
  };
}

/** What a view cites, as entries of BibTeX: nothing to see, for a file beside a paper. */
export function references(entries: readonly string[]): Fallback {
  return { html: '', text: '', exhibits: { ...NO_EXHIBITS, references: entries } };
}

/** What is shown when it is asked for; in text, where nothing folds, it stands under its heading. */
export function fold(summary: string, { html, text, ...rest }: Fallback): Fallback {
  return {
    ...rest,
    html: `<details><summary style="cursor:pointer;padding:2px 0">${escapeHtml(summary)}</summary><div style="padding:4px 0 8px 16px">${html}</div></details>`,
    text: `${plain(summary)}\n${text}`,
  };
}

/** Remarks that the text refers to by number, from 1 on. */
export function legend(lines: readonly string[]): Fallback {
  if (lines.length === 0) return { html: '', text: '' };
  const items = lines.map((line) => `<li style="margin:2px 0">${escapeHtml(line)}</li>`).join('');
  return {
    html: `<ol style="margin:0;padding-left:28px;font-size:90%">${items}</ol>`,
    text: lines.map((line, index) => `[${index + 1}] ${plain(line)}`).join('\n'),
  };
}

/** A paragraph; `strong` for what must be read first. */
export function paragraph(line: string, weight: 'strong' | 'plain' = 'plain'): Fallback {
  const text = weight === 'strong' ? `<strong>${escapeHtml(line)}</strong>` : escapeHtml(line);
  return { html: `<p style="margin:0">${text}</p>`, text: plain(line) };
}

/** Lines of code to copy. */
export function code(lines: string): Fallback {
  return {
    html: `<pre style="margin:0"><code>${escapeHtml(lines)}</code></pre>`,
    text: lines.split('\n').map(plain).join('\n'),
  };
}
