/** `halfnote/mime/formats`: what a front end offers to choose from. Pure data, without the schemas. */

/** As the table of formats has them, in its order: a page needs their names, and not the rest of that table. */
export const COMPUTE_FORMATS = ['fp32', 'tf32', 'bf16', 'fp16', 'fp8'] as const;
