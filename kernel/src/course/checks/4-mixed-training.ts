/** The functions of assignment 4, by id. */
export const MIXED_TRAINING = {} as const;
