import { describe, expect, it } from 'vitest';
import { HalfnoteError } from '../errors';
import { JUPYTER_DISPLAY } from '../host';
import { html, image, json, latex, markdown, plotly, svg, vegaLite } from './rich';

/** A red pixel, made by ImageMagick. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

describe('rich values', () => {
  it('show HTML, and its words as plain text', () => {
    expect(html('<style>b{}</style><b>1 &lt; 2</b>&nbsp;so')[JUPYTER_DISPLAY]()).toEqual({
      'text/html': '<style>b{}</style><b>1 &lt; 2</b>&nbsp;so',
      'text/plain': '1 < 2 so',
    });
    expect(html('<hr>')[JUPYTER_DISPLAY]()['text/plain']).toBe('HTML');
  });

  it('do not turn escaped entities into tags', () => {
    expect(html('&amp;lt;b&amp;gt;')[JUPYTER_DISPLAY]()['text/plain']).toBe('&lt;b&gt;');
  });

  it('show Markdown as it is written', () => {
    expect(markdown('# a')[JUPYTER_DISPLAY]()).toEqual({
      'text/markdown': '# a',
      'text/plain': '# a',
    });
  });

  it.each([
    ['x^2', '$$x^2$$'],
    ['$x$', '$x$'],
    ['\\begin{align}x\\end{align}', '\\begin{align}x\\end{align}'],
  ])('show the formula %s as %s', (text, shown) => {
    expect(latex(text)[JUPYTER_DISPLAY]()['text/latex']).toBe(shown);
  });

  it('show SVG, and refuse what is none', () => {
    expect(svg('<svg/>  <svg>').toString()).toBe('SVG image (13 characters)');
    expect(() => svg('a circle')).toThrow(/not "a circle"\nThe text must contain an <svg>/);
  });

  it('show SVG as an image too, which sanitizers of notebooks that are not trusted leave', () => {
    const drawn = `<svg width="9" aria-label="Loss &amp; 'scale'"><text>50%</text></svg>`;
    const shown = svg(drawn)[JUPYTER_DISPLAY]();
    expect(shown['image/svg+xml']).toBe(drawn);
    const html = String(shown['text/html']);
    expect(html).toMatch(/^<img alt="Loss &amp; 'scale'" style="max-width:100%" src="[^"<>]*"\/>$/);
    const [, source = ''] = /charset=utf-8,([^"]*)"/.exec(html) ?? [];
    expect(decodeURIComponent(source)).toBe(
      drawn.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"'),
    );
    expect(String(svg('<svg><title>A</title></svg>')[JUPYTER_DISPLAY]()['text/html'])).toContain(
      'alt="A"',
    );
  });

  it('tell the format and size of a picture from its bytes', () => {
    expect(image(PNG)[JUPYTER_DISPLAY]()).toEqual({
      'image/png': PNG,
      'text/plain': 'PNG image, 1 x 1, 70 bytes',
    });
    const gif = image(new Uint8Array(Buffer.from(GIF, 'base64')))[JUPYTER_DISPLAY]();
    expect(gif['image/gif']).toBe(GIF);
    expect(gif['text/plain']).toContain('1 x 1');
  });

  it('take a part of a larger buffer for a picture', () => {
    const bytes = Buffer.from(PNG, 'base64');
    const part = new Uint8Array(
      Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yy')]).buffer,
    );
    const start = Buffer.from(part).indexOf(bytes);
    const view = part.subarray(start, start + bytes.length);
    expect(image(view)[JUPYTER_DISPLAY]()['image/png']).toBe(PNG);
  });

  it('believe a named format, and ask for one where they know none', () => {
    expect(image(new Uint8Array([1]), 'image/bmp')[JUPYTER_DISPLAY]()).toMatchObject({
      'image/bmp': 'AQ==',
    });
    expect(() => image(new Uint8Array([1]))).toThrow(/format of these 1 bytes[\s\S]*image\/png/);
  });

  it('show data as a tree', () => {
    const bundle = json({ a: new Float32Array([1, 2]), when: new Date(0) })[JUPYTER_DISPLAY]();
    expect(bundle['application/json']).toEqual({ a: [1, 2], when: '1970-01-01T00:00:00.000Z' });
  });

  it.each([
    [
      'a cycle',
      (() => {
        const a: Record<string, unknown> = {};
        a.a = a;
        return a;
      })(),
      /circular/,
    ],
    ['a BigInt', 1n, /BigInt/],
    ['undefined', undefined, /no JSON form/],
  ])('refuse %s as data', (_name, value, reason) => {
    expect(() => json(value)).toThrow(HalfnoteError);
    expect(() => json(value)).toThrow(reason);
  });

  it('show a Plotly figure, typed arrays included', () => {
    const bundle = plotly({ data: [{ y: new Float64Array([1, 2]) }] })[JUPYTER_DISPLAY]();
    expect(bundle['application/vnd.plotly.v1+json']).toEqual({ layout: {}, data: [{ y: [1, 2] }] });
    expect(bundle['text/plain']).toBe('Plotly figure (1 trace)');
    expect(() => plotly([] as never)).toThrow(/array of traces/);
  });

  it.each([
    [{ mark: 'bar' }, 'application/vnd.vegalite.v5+json'],
    [
      { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', mark: 'bar' },
      'application/vnd.vegalite.v6+json',
    ],
  ])('show %j as %s', (spec, mime) => {
    expect(vegaLite(spec)[JUPYTER_DISPLAY]()[mime]).toMatchObject(spec);
  });
});
