/** What a format asks for that a report can't know. */
export interface ReportExportOptions {
  /** BoAmps' stage: `training`, `inference`, `finetuning`, ... */
  readonly taskStage?: string;
  /** BoAmps' family: `image classification`, `text generation`, ... */
  readonly taskFamily?: string;
  /** BoAmps: where the machine stands; `other` when it is not said. */
  readonly infrastructure?: InfrastructureType;
  /** RO-Crate: the licence of the report, best as an address. */
  readonly licence?: string;
}

/** BoAmps' kinds of infrastructure. */
export const INFRASTRUCTURE_TYPES = ['publicCloud', 'privateCloud', 'onPremise', 'other'] as const;
export type InfrastructureType = (typeof INFRASTRUCTURE_TYPES)[number];
