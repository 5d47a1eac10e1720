/** `halfnote/mime/formats`: what a front end offers to choose from. Pure data, without the schemas. */
export { COMPUTE_FORMATS, KERAS_POLICIES } from '../formats/names';
