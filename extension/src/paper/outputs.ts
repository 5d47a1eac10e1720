/** Pictures and charts of our outputs. */
export const FIGURES = 'img[src^="data:image/svg+xml"], .hn-plot';

/** Outputs of ours, as views and as every front end shows them. */
export const OUTPUTS = '.hn-view, .halfnote';

/** Whether there is anything to download in an output. */
export function hasShown(root: Element): boolean {
  return root.querySelector(`table, ${FIGURES}`) !== null;
}
