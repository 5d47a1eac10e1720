/** A file of an export, not written yet. */
export interface ExportedFile {
  /** Without a folder. */
  readonly name: string;
  readonly text: string;
}

export function jsonFile(name: string, value: unknown): ExportedFile {
  return { name, text: `${JSON.stringify(value, null, 2)}\n` };
}
