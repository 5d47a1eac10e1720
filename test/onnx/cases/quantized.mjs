export function quantizedCases() {
  return [];
}
