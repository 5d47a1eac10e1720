/** What JupyterLab leaves keys alone in: on the element itself, for its shortcuts go by what has the focus. */
export const OWN_KEYS = { 'data-lm-suppress-shortcuts': 'true' } as const;
