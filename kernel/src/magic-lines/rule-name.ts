const RULE_NAME = /^[^"=,*?\\\p{Cc}\u2028\u2029]+$/u;

/**
 * Whether a layer's name can stand as it is in a quoted option that lists layers, `--layers "a=int4,b=fp32"`:
 * other signs are the syntax of rules and patterns, and a line break would begin code of its own.
 */
export function isRuleName(name: string): boolean {
  return RULE_NAME.test(name) && name.trim() === name;
}
