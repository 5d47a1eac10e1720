/** The functions of assignment 7, by id. */
export const KV_CACHE = {} as const;
