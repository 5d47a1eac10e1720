import { TOPICS, type Magic, type Topic } from './declare';

/** The magics that a cell may use, in the order of help and docs. */
export class MagicTable {
  constructor(readonly all: readonly Magic[]) {}

  find(name: string): Magic | undefined {
    return this.all.find((magic) => magic.name === name);
  }

  /** The magics of each topic that has any. */
  byTopic(): { readonly topic: Topic; readonly magics: readonly Magic[] }[] {
    return TOPICS.map((topic) => ({
      topic,
      magics: this.all.filter((magic) => magic.topic === topic),
    })).filter(({ magics }) => magics.length > 0);
  }
}
