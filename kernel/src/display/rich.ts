import { JUPYTER_DISPLAY } from '../host';
import type { Displayable, MimeBundle } from '../host';
import { HalfnoteError } from '../errors';
import { imageSize, type ImageType } from './rich-image';

/**
 * Values that a notebook shows richly: as the last expression of a cell, or through `display`.
 *
 * Each holds one MIME type and a `text/plain` for front ends (and plain scripts) that cannot show it.
 */
export class Rich implements Displayable {
  constructor(private readonly bundle: MimeBundle) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    return this.bundle;
  }

  toString(): string {
    return String(this.bundle['text/plain']);
  }
}

/** HTML as it stands. Front ends run no scripts in it before the notebook is trusted. */
export function html(text: string): Rich {
  return new Rich({ 'text/html': text, 'text/plain': textOfHtml(text) });
}

/** Markdown, with formulas between dollar signs. */
export function markdown(text: string): Rich {
  return new Rich({ 'text/markdown': text, 'text/plain': text });
}

/** A LaTeX formula; one without delimiters is set as a formula of its own line. */
export function latex(text: string): Rich {
  const delimited = /^\s*(?:\$|\\\(|\\\[|\\begin\{)/.test(text);
  return new Rich({ 'text/latex': delimited ? text : `$$${text}$$`, 'text/plain': text });
}

/**
 * An SVG document: `<svg ...>...</svg>`. It is shown as an image, in notebooks that aren't trusted too, where front
 * ends drop SVG itself; its `aria-label` or `<title>` is read out.
 */
export function svg(text: string): Rich {
  if (!/<svg[\s>]/i.test(text))
    throw new HalfnoteError(
      'invalid-argument',
      `svg() takes the text of an SVG document, not ${JSON.stringify(shortened(text))}`,
      'The text must contain an <svg> element.',
    );
  return new Rich({
    'text/html': `<img alt="${svgLabel(text)}" style="max-width:100%" src="data:image/svg+xml;charset=utf-8,${encodeURIComponent(withNamespace(text))}"/>`,
    'image/svg+xml': text,
    'text/plain': `SVG image (${text.length} characters)`,
  });
}

/** In a page an `<svg>` may lack it; as an image it may not. */
function withNamespace(text: string): string {
  return /<svg[^>]*\sxmlns=/i.test(text)
    ? text
    : text.replace(/<svg/i, '<svg xmlns="http://www.w3.org/2000/svg"');
}

function svgLabel(text: string): string {
  const [, label, title] =
    /<svg[^>]*\saria-label="([^"]*)"|<title>([^<]*)<\/title>/i.exec(text) ?? [];
  // Marked up already, as text or within double quotes.
  return label ?? title?.replace(/"/g, '&quot;') ?? 'SVG image';
}

/**
 * A picture from its file's bytes, or from base64.
 * @param type By default told from the bytes: PNG, JPEG, GIF, WebP or BMP.
 */
export function image(bytes: Uint8Array | string, type?: ImageType): Rich {
  const data = typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes;
  const facts = imageSize(data);
  const mime = type ?? facts?.type;
  if (mime === undefined)
    throw new HalfnoteError(
      'invalid-argument',
      `image() does not know the format of these ${data.length} bytes`,
      "Name it: image(bytes, 'image/png'). Known without a name: PNG, JPEG, GIF, WebP, BMP.",
    );
  const size = facts?.width === undefined ? '' : ` ${facts.width} x ${facts.height},`;
  return new Rich({
    [mime]: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    'text/plain': `${mime.replace('image/', '').toUpperCase()} image,${size} ${data.length} bytes`,
  });
}

/** Data as a tree that can be opened and searched. It must be representable as JSON. */
export function json(value: unknown): Rich {
  const plain = asJson('json', value);
  return new Rich({ 'application/json': plain, 'text/plain': JSON.stringify(plain, undefined, 2) });
}

/** A Plotly figure: `{data: [...], layout: {...}}`. */
export function plotly(figure: {
  readonly data: readonly object[];
  readonly layout?: object;
  readonly frames?: readonly object[];
  readonly config?: object;
}): Rich {
  if (!Array.isArray((figure as { data?: unknown } | undefined)?.data))
    throw new HalfnoteError(
      'invalid-argument',
      'plotly() takes a figure with an array of traces in `data`',
      "For example plotly({data: [{type: 'scatter', y: [1, 2, 3]}], layout: {title: {text: 'x'}}}).",
    );
  const traces = figure.data.length;
  return new Rich({
    'application/vnd.plotly.v1+json': asJson('plotly', { layout: {}, ...figure }),
    'text/plain': `Plotly figure (${traces} ${traces === 1 ? 'trace' : 'traces'})`,
  });
}

/** A Vega-Lite specification; `$schema` says which version, 5 without one. */
export function vegaLite(spec: object): Rich {
  const { $schema } = spec as { readonly $schema?: unknown };
  const version = /vega-lite\/v(\d+)/.exec(typeof $schema === 'string' ? $schema : '')?.[1] ?? '5';
  return new Rich({
    [`application/vnd.vegalite.v${version}+json`]: asJson('vegaLite', {
      $schema: `https://vega.github.io/schema/vega-lite/v${version}.json`,
      ...spec,
    }),
    'text/plain': `Vega-Lite chart (version ${version})`,
  });
}

/** A copy that is JSON data and nothing else; typed arrays become arrays. */
function asJson(name: string, value: unknown): unknown {
  let text: string | undefined;
  let reason = 'it has no JSON form';
  try {
    text = JSON.stringify(value, (_key, field: unknown) =>
      ArrayBuffer.isView(field) && !(field instanceof DataView)
        ? [...(field as unknown as Iterable<unknown>)]
        : field,
    );
  } catch (error) {
    reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
  if (text === undefined)
    throw new HalfnoteError(
      'invalid-argument',
      `${name}() takes data that can be written as JSON: ${reason}`,
      'Leave out functions, cycles and BigInts.',
    );
  return JSON.parse(text);
}

/** What is left to read without the tags. */
function textOfHtml(text: string): string {
  const plain = text
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
  return plain === '' ? 'HTML' : plain;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
