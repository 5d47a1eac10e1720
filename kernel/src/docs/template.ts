const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/**
 * Puts the parts in place of a template's `{{name}}`. Throws for a name that there is no part for, and
 * for a part that the template leaves out.
 */
export function fillTemplate(template: string, parts: Readonly<Record<string, string>>): string {
  const names = Object.keys(parts);
  const unused = new Set(names);
  const filled = template.replace(PLACEHOLDER, (placeholder, name: string) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (part === undefined) {
      throw new Error(`The template has ${placeholder}; there is ${names.join(', ')}.`);
    }
    unused.delete(name);
    return part;
  });
  if (unused.size > 0) {
    const lacking = [...unused].map((name) => `{{${name}}}`).join(', ');
    throw new Error(`The template lacks ${lacking}.`);
  }
  return filled;
}

/** A page with what stands between the comments `<!-- name: made ... -->` and `<!-- end of name -->` made anew. */
export function withSection(page: string, name: string, content: string): string {
  const begin = `<!-- ${name}: made by \`node scripts/docs.mjs\` -->`;
  const end = `<!-- end of ${name} -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error(`The page has no section between ${begin} and ${end}.`);
  return `${page.slice(0, from)}${begin}\n\n${content}\n\n${page.slice(to)}`;
}
