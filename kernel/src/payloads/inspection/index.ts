/** `halfnote/mime/inspection`: a number in several formats, and what each code of them stands for. */
export { inspection } from './schema';
export type { Inspection, InspectionFormat } from './schema';
export { bitsOf, readCode, toggled } from './reading';
export type { Bit, CodeReading } from './reading';
export { ROLES } from './roles';
export { errorText, relativeText, shown, ulpText } from './figures';
