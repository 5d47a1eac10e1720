/** What a type error costs a cell: its statements, a warning, or nothing. */
export const TYPE_CHECKS = ['strict', 'warn', 'off'] as const;
export type TypeChecks = (typeof TYPE_CHECKS)[number];

/** The `Host.call` that sets them for the cells that follow, and tells how they are set. */
export const TYPES = 'language.types';
