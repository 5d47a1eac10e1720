export { HalfnoteError } from './errors';
