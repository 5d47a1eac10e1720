/** Sessions that are known; one of a page that went longer ago is like one that never said its notebook. */
const MOST_SESSIONS = 1000;

/** Which notebook a front end's session is of, where it has said so: a page has a session for each. */
export class NotebookNames {
  private readonly names = new Map<string, string>();

  /** A name that changes is the notebook's: earlier sessions of it have the new one as well. */
  name(session: string, notebook: string): void {
    const before = this.names.get(session);
    for (const [other, name] of this.names) {
      if (name === before) this.names.set(other, notebook);
    }
    this.names.delete(session);
    this.names.set(session, notebook);
    const [oldest] = this.names.keys();
    if (this.names.size > MOST_SESSIONS && oldest !== undefined) this.names.delete(oldest);
  }

  /** Whether two sessions are of one notebook, as far as is known. */
  areSame(one: string, other: string): boolean {
    return one === other || this.names.get(one) === this.names.get(other);
  }

  /** Whether `page` may be of the notebook that `session` is of: one of them may not have said. */
  maySee(page: string, session: string): boolean {
    return this.areSame(page, session) || !this.names.has(page) || !this.names.has(session);
  }
}
