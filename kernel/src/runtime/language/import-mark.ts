/** Marks what an `import` asks for, so that it isn't taken for a `require` of the user's. */
export const IMPORT_MARK = 'import:/';
