/** The functions of assignment 6, by id. */
export const PTQ_TO_QAT = {} as const;
