let listener: ((path: string) => void) | undefined;

/** Tells the files whose code the cells import, once each time that one is loaded. */
export function onModuleFile(listen: (path: string) => void): void {
  listener = listen;
}

/** A file beside the notebook is about to run as a module. Its text was read elsewhere. */
export function noteModuleFile(path: string): void {
  listener?.(path);
}
