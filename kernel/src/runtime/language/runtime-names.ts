/** Names under which the cell's function receives what its code calls. */
export const RUNTIME_NAME = '__halfnote';
/** The member of {@link RUNTIME_NAME} that a cell sets to the value of its last expression. */
export const VALUE_MEMBER = 'value';
/** Holds the variables of earlier cells. */
export const SCOPE_NAME = '__cells';
