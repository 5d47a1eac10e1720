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
