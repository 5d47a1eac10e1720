declare module 'write-file-atomic' {
  /** Writes a file as a whole or not at all. */
  function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void>;
  export = writeFileAtomic;
}
