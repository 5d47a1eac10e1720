import { LabIcon } from '@jupyterlab/ui-components';

/** Half of a note: its bits are half filled. */
export const halfnoteIcon = new LabIcon({
  name: 'halfnote-lab:halfnote',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><g class="jp-icon3" fill="#616161"><path d="M9.5 1.5h1.4v9.2h-1.4z"/><path fill-rule="evenodd" d="M7 8.2c2.2-.7 3.9.1 3.9 2.1 0 1.8-1.6 3.5-3.6 4.1-2.2.7-4.1-.2-4.1-2.1C3.200 10.500 4.900 8.800 7 8.200zm.4 1.3c-1.500.4-2.800 1.600-2.800 2.700 0 1 1 1.400 2.400.9 1.400-.5 2.500-1.600 2.500-2.600 0-1-.9-1.300-2.100-1z"/><path d="M10.900 1.500c.4 1.600 2.400 2.100 2.400 4.700 0 .8-.2 1.500-.5 2 0-2-1-2.700-1.900-3.200z"/></g></svg>',
});

/** A table of names and values. */
export const variablesIcon = new LabIcon({
  name: 'halfnote-lab:variables',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><g class="jp-icon3" fill="#616161"><path fill-rule="evenodd" d="M2 2.500h12v11H2zm1.300 1.300v2h3v-2zm4.300 0v2h5.100v-2zm-4.300 3.300v2h3v-2zm4.300 0v2h5.100v-2zm-4.300 3.300v1.800h3v-1.800zm4.300 0v1.800h5.100v-1.800z"/></g></svg>',
});
