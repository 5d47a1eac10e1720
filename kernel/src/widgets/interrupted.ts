import { host } from '../host';

/** What has begun and not ended. */
const underway = new Set<Begun>();
let isHeard = false;

/** Something that an interrupt may stop without a word, by force or in what it awaits. */
export interface Begun {
  /** Puts back what its end would have put back. */
  stopped(): void;
}

/** Notes what has begun; returns what notes that it has ended. */
export function begin(begun: Begun): () => void {
  const notebook = host();
  if (!isHeard && notebook?.onInterrupted !== undefined) {
    isHeard = true;
    notebook.onInterrupted(() => {
      const all = [...underway];
      underway.clear();
      for (const one of all) one.stopped();
    });
  }
  underway.add(begun);
  return () => {
    underway.delete(begun);
  };
}
