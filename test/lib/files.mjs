import { statSync } from 'node:fs';

/** The bytes of files, together. */
export const bytesOf = (files) => files.reduce((sum, file) => sum + statSync(file).size, 0);
