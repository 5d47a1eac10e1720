import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';
import { staticBundle } from '../display/fallback';
import { escapeHtml, plain } from '../display/text';
import { bytes, si } from '../display/units';
import type { CacheChoice, Decoder } from './decoder';
import type { Vocabulary } from './vocabulary';

export interface GenerationResult {
  /** Prompts and what followed, as tokens. */
  readonly rows: readonly (readonly number[])[];
  readonly promptLength: number;
  readonly vocabulary: Vocabulary | undefined;
  readonly cache: CacheChoice;
  /** What the caches took at the end: in so many tokens' memory a row, of which so many were there. */
  readonly cacheBytes: number;
  readonly cacheRoom: number;
  readonly cachedTokens: number;
  /** Measured: up to the first new token, and from there on. */
  readonly promptSeconds: number;
  readonly decodeSeconds: number;
  /** What computed the steps. */
  readonly engine: Decoder['engine'];
}

/** What {@link generate} wrote. Shows itself as text, the prompt set off. */
export class Generation implements Displayable {
  constructor(readonly result: GenerationResult) {}

  /** Prompts and what followed, as tokens. */
  get tokens(): readonly (readonly number[])[] {
    return this.result.rows;
  }

  /** New tokens of each row. */
  get newTokens(): readonly (readonly number[])[] {
    return this.result.rows.map((row) => row.slice(this.result.promptLength));
  }

  /** Prompts and what followed, as text; undefined without a vocabulary. */
  get texts(): readonly string[] | undefined {
    const { vocabulary, rows } = this.result;
    return vocabulary && rows.map((row) => vocabulary.decode(row));
  }

  /** The first row's text; undefined without a vocabulary. */
  get text(): string | undefined {
    return this.texts?.[0];
  }

  /** New tokens of all rows by second, without those up to the first one. */
  get tokensPerSecond(): number {
    const { rows, promptLength, decodeSeconds } = this.result;
    const steps = (rows[0]?.length ?? 0) - promptLength - 1;
    return steps <= 0 ? NaN : (rows.length * steps) / decodeSeconds;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const rows = this.result.rows.map((row) => this.parts(row));
    const html = rows.map(
      ([prompt, rest]) =>
        `<pre style="white-space:pre-wrap;margin:0 0 8px"><b>${escapeHtml(prompt)}</b>${escapeHtml(rest)}</pre>`,
    );
    const caption = this.caption();
    return staticBundle({
      html: `${html.join('')}<div style="opacity:.8;font-size:90%">${escapeHtml(caption)}</div>`,
      text: [...rows.map(([prompt, rest]) => printable(prompt + rest)), caption].join('\n\n'),
    });
  }

  private parts(row: readonly number[]): readonly [prompt: string, rest: string] {
    const { vocabulary, promptLength } = this.result;
    const shown = (tokens: readonly number[]): string =>
      vocabulary === undefined ? `${tokens.join(' ')} ` : vocabulary.decode(tokens);
    return [shown(row.slice(0, promptLength)), shown(row.slice(promptLength))];
  }

  private caption(): string {
    const { cache, cacheBytes, cacheRoom, cachedTokens, rows, promptLength } = this.result;
    const tokens =
      cacheRoom === cachedTokens ? `${cachedTokens}` : `${cachedTokens} of ${cacheRoom}`;
    const count = (rows[0]?.length ?? 0) - promptLength;
    const held =
      cache === 'none'
        ? 'no cache'
        : `${typeof cache === 'string' ? cache : cache.format} cache, ${bytes(cacheBytes)} for ${tokens} tokens`;
    const speed = Number.isNaN(this.tokensPerSecond)
      ? ''
      : `; ${si(this.tokensPerSecond, 'tokens/s')}, measured`;
    const engine = this.result.engine === 'onnxruntime' ? '; one graph of ONNX Runtime' : '';
    return `${count} new tokens${rows.length > 1 ? ` in each of ${rows.length} rows` : ''}; ${held}${engine}${speed}.`;
  }
}

/** For a terminal: lines stay lines. */
function printable(text: string): string {
  return text.split('\n').map(plain).join('\n');
}
