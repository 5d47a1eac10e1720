import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import type { PrecisionTable } from '../../payloads/precision/table';
import { precisionTableBundle } from './view';

/** A model compared in several number formats; shows itself as a table. */
export class PrecisionComparison implements Displayable {
  constructor(readonly payload: PrecisionTable) {}

  /** The row of one format, or undefined. */
  row(format: string): PrecisionTable['rows'][number] | undefined {
    return this.payload.rows.find((row) => row.format === format);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return precisionTableBundle(this.payload);
  }
}
