/** The pictures in HTML, each as the SVG that its image holds. */
export function picturesIn(html: string): string[] {
  return [...html.matchAll(/ src="data:image\/svg\+xml;charset=utf-8,([^"]*)"/g)].map(
    ([, encoded = '']) => decodeURIComponent(encoded).replaceAll("'", '"'),
  );
}
