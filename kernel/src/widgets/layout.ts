import { BASE } from './protocol';
import { optionalText, type Trait } from './model/trait';
import { modelClass } from './model/widget';

/** The properties of CSS that a widget's box can have. */
const NAMES = [
  'alignContent',
  'alignItems',
  'alignSelf',
  'borderTop',
  'borderRight',
  'borderBottom',
  'borderLeft',
  'bottom',
  'display',
  'flex',
  'flexFlow',
  'gridArea',
  'gridAutoColumns',
  'gridAutoFlow',
  'gridAutoRows',
  'gridColumn',
  'gridGap',
  'gridRow',
  'gridTemplateAreas',
  'gridTemplateColumns',
  'gridTemplateRows',
  'height',
  'justifyContent',
  'justifyItems',
  'left',
  'margin',
  'maxHeight',
  'maxWidth',
  'minHeight',
  'minWidth',
  'objectFit',
  'objectPosition',
  'order',
  'overflow',
  'padding',
  'right',
  'top',
  'visibility',
  'width',
] as const;

type Name = (typeof NAMES)[number];

/** Each as CSS says it, `'50%'`; null where the front end decides. */
export type LayoutTraits = { [N in Name]: string | null };

const traits = Object.fromEntries(NAMES.map((name) => [name, optionalText()])) as Record<
  Name,
  Trait<string | null>
>;

/** How a widget's box lies among others, and how large it is: `new Layout({ width: '50%' })`. */
export class Layout extends modelClass<LayoutTraits>({
  model: 'LayoutModel',
  view: 'LayoutView',
  package: BASE,
  traits,
}) {}
