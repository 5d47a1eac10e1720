import { element } from '../dom/element';

/**
 * Something that takes the place of a view on paper while charts of it have not been drawn, as those out of
 * sight: a page that is about to be printed waits for nothing.
 * @param make what stands in, made when it is wanted; undefined: the view is printed as it is
 * @returns what ends it
 */
export function standInOnPaper(node: HTMLElement, make: () => HTMLElement | undefined): () => void {
  const lifetime = new AbortController();
  const { signal } = lifetime;
  let stands: HTMLElement | undefined;
  const leave = (): void => {
    stands?.remove();
    stands = undefined;
  };
  const print = (): void => {
    leave();
    const blank = [...node.querySelectorAll('.hn-plot:not([data-drawn])')];
    // What is folded away is not printed either.
    if (!blank.some((plot) => plot.checkVisibility())) return;
    const made = make();
    if (made === undefined) return;
    stands = element('div', { class: 'hn-stand-in' }, [made]);
    node.append(stands);
  };
  addEventListener('beforeprint', print, { signal });
  addEventListener('afterprint', leave, { signal });
  return () => {
    lifetime.abort();
    leave();
  };
}
