import { TABLE_STYLE } from '../../display/table';
import { escapeHtml } from '../../display/text';
import { STYLE } from './style';

/** A report as one HTML file: no scripts, nothing loaded from elsewhere, prints on A4. `body` is HTML. */
export function reportDocument(subject: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(subject)}: energy report</title>
<style>${TABLE_STYLE}${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** The box with a report's verdict. `content` is HTML. */
export function verdictBox(isValid: boolean, word: string, content: string): string {
  return `<div class="verdict ${isValid ? 'valid' : 'invalid'}"><strong>${word}</strong><div>${content}</div></div>`;
}
