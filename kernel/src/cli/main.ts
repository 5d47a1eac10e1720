#!/usr/bin/env node
import { HalfnoteError } from '../errors';
import { createProgram } from './program';

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof HalfnoteError ? error.message : error);
    // At once: a kernel that couldn't bind its ports may hold some of them open.
    process.exit(1);
  });
