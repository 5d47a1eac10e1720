/** Elements with listeners, which go by what the element says: with other words it is another one. */
const LISTENS = 'button, input, select, textarea';

/** The reader's own: what is open, and which of many names is reached by Tab. */
const READERS: ReadonlySet<string> = new Set(['open', 'tabindex']);

/**
 * Gives `parent` these children, and keeps of those that it has what is the same: what the reader has
 * focused, selected, opened or scrolled stays so while figures around it change. Nodes that are given
 * again stay where they are.
 */
export function keepChildren(parent: Node, children: readonly Node[]): void {
  const wanted = new Set(children);
  let at = parent.firstChild;
  for (const child of children) {
    while (at !== null && at !== child && child.parentNode === parent && !wanted.has(at)) {
      const next: ChildNode | null = at.nextSibling;
      at.remove();
      at = next;
    }
    if (at === child) at = at.nextSibling;
    else if (at !== null && !wanted.has(at) && child.parentNode !== parent && fits(at, child)) {
      at = at.nextSibling;
    } else parent.insertBefore(child, at);
  }
  while (at !== null) {
    const next: ChildNode | null = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Whether `old` now says what `fresh` does. */
function fits(old: Node, fresh: Node): boolean {
  if (old.isEqualNode(fresh)) return true;
  if (old instanceof Text && fresh instanceof Text) {
    old.data = fresh.data;
    return true;
  }
  if (!(old instanceof HTMLElement && fresh instanceof HTMLElement)) return false;
  if (old.tagName !== fresh.tagName || (old.matches(LISTENS) && old.innerHTML !== fresh.innerHTML))
    return false;
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !READERS.has(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  keepChildren(old, [...fresh.childNodes]);
  return true;
}
