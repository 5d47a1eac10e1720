import { displayed } from '../display/displayed';
import { FORMATS as TABLE } from '../formats/table';
import { formatsBundle } from './format-view';

/** Every format Halfnote knows, by id. A notebook shows them as a table. */
export const FORMATS: typeof TABLE = displayed(TABLE, (formats) =>
  formatsBundle(Object.values(formats)),
);
