import type { CarbonReport } from 'halfnote/mime';
import { element } from '../dom/element';
import type { WhatIfPanel } from './what-if-panel';

/** What the report's joules would have been elsewhere: fetched when somebody asks. */
export class WhatIf {
  readonly node = element('details', { class: 'hn-details hn-what-if' }, [
    element('summary', {}, ['What if it had run elsewhere, at another hour, in another building?']),
  ]);
  #report: CarbonReport | undefined;
  #panel: Promise<WhatIfPanel> | undefined;

  constructor() {
    this.node.addEventListener('toggle', () => {
      if (this.node.open) void this.#show();
    });
  }

  update(report: CarbonReport): void {
    this.#report = report;
    if (this.#panel !== undefined) void this.#show();
  }

  async #show(): Promise<void> {
    this.#panel ??= import('./what-if-panel').then(({ WhatIfPanel }) => {
      const made = new WhatIfPanel();
      this.node.append(made.node);
      return made;
    });
    const panel = await this.#panel;
    if (this.#report !== undefined) panel.update(this.#report);
  }
}
