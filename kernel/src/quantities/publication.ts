/** Where a figure is published. */
export interface Publication {
  readonly name: string;
  /** Of the publication; of a maker's product pages, when the series came out. */
  readonly year: number;
  readonly url: string;
}

/** `NVIDIA A100 data sheet, 2021`. */
export function cited({ name, year }: Publication): string {
  return `${name}, ${year}`;
}
