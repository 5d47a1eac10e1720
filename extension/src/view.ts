/** What a MIME renderer shows in its output: one per payload type. */
export interface View<Payload> {
  readonly node: HTMLElement;
  /** Shows `payload`, whole, in place of what was shown; keeps the reader's choices. */
  update(payload: Payload): Promise<void>;
  dispose(): void;
}
