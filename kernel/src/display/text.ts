const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe for HTML and SVG content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** Text made safe for a terminal: control characters, escape sequences' too, show as U+FFFD. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}
