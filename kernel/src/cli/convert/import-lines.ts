import type { AnalysedCell } from './analysis';
import type { ModuleImport } from './naming';

type Load = AnalysedCell['loads'][number];

/** Whether an import is only of a type, which Node.js would look for in vain. */
export type IsType = (name: string) => boolean;

/** The import statements of a module, those from one place together, in the order in which cells had them. */
export function importLines(
  imports: readonly ModuleImport[],
  loads: readonly Load[],
  isType: IsType = () => false,
): string[] {
  const keys = [...new Set([...imports, ...loads].map(keyOf))];
  return keys.flatMap((key) => {
    const from = imports.filter((one) => keyOf(one) === key);
    const load = loads.find((one) => keyOf(one) === key);
    const { specifier, attributes } = (from[0] ?? load) as Load;
    const end = ` from ${JSON.stringify(specifier).replaceAll('"', "'")}${attributes && ` ${attributes}`};`;
    if (from.length === 0) return [`import${end.replace(' from', '')}`];
    const lines: string[] = [];
    for (const { imported, local } of from) {
      if (imported === 'default' || imported === '*') {
        const type = isType(local) ? 'type ' : '';
        lines.push(`import ${type}${imported === '*' ? '* as ' : ''}${local}${end}`);
      }
    }
    const named = from.filter(({ imported }) => imported !== 'default' && imported !== '*');
    if (named.length > 0) lines.push(`import { ${namesOf(named, isType).join(', ')} }${end}`);
    return lines;
  });
}

function namesOf(named: readonly ModuleImport[], isType: IsType): string[] {
  return named.map(({ imported, local }) => {
    const name = imported === local ? local : `${imported} as ${local}`;
    return isType(local) ? `type ${name}` : name;
  });
}

function keyOf({ specifier, attributes }: Load): string {
  return JSON.stringify([specifier, attributes]);
}
