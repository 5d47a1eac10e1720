/** `halfnote/mime/formats`: what a front end offers to choose from. Pure data, without the schemas. */
export { COMPUTE_FORMATS } from '../formats/names';
