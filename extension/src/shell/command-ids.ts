/** Commands of the palette; what they do is loaded when one is used. */
export const COMMAND = {
  setPrecision: 'halfnote:set-precision',
  showEnergy: 'halfnote:show-energy',
  showVariables: 'halfnote:show-variables',
  reportEnergy: 'halfnote:report-energy',
  doctor: 'halfnote:doctor',
  listVariables: 'halfnote:list-variables',
  insertExample: 'halfnote:insert-example',
  openQuickstart: 'halfnote:open-quickstart',
} as const;
