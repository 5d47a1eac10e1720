/**
 * svg-to-pdfkit knows a pattern by the name of its constructor, which a minifier shortens: all patterns would be
 * black. Its constructor says what it is by a property instead.
 */
const NAMED = /color\[0\]\.constructor\.name === 'PDFPattern'/g;
const MADE = 'new (function PDFPattern() {})()';

module.exports = function keepPattern(source) {
  if (source.match(NAMED)?.length !== 2 || !source.includes(MADE))
    throw new Error(
      'svg-to-pdfkit tells patterns by other means: see extension/scripts/keep-pattern.cjs.',
    );
  return source
    .replace(NAMED, 'color[0].isPattern === true')
    .replace(MADE, '({ isPattern: true })');
};
