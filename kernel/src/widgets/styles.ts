import { BASE, CONTROLS } from './protocol';
import { optionalText, text, type Traits } from './model/trait';
import { modelClass, type ModelClass } from './model/widget';

interface DescriptionTraits {
  /** How wide the words before a control may be, as CSS says it: `'initial'` for all of them. */
  descriptionWidth: string;
}

interface BackgroundTraits {
  /** A color of CSS. */
  background: string | null;
}

interface FontTraits {
  fontFamily: string | null;
  fontSize: string | null;
  fontStyle: string | null;
  fontVariant: string | null;
  fontWeight: string | null;
  textColor: string | null;
  textDecoration: string | null;
}

interface SmallFontTraits {
  fontSize: string | null;
  textColor: string | null;
}

interface ButtonStyleTraits extends FontTraits {
  /** The button's own color, of CSS. */
  buttonColor: string | null;
}

interface SliderStyleTraits extends DescriptionTraits {
  /** The color of what is moved, of CSS. */
  handleColor: string | null;
}

const description: Traits<DescriptionTraits> = { descriptionWidth: text('') };
const background: Traits<BackgroundTraits> = { background: optionalText() };
const smallFont: Traits<SmallFontTraits> = { fontSize: optionalText(), textColor: optionalText() };
const font: Traits<FontTraits> = {
  ...smallFont,
  fontFamily: optionalText(),
  fontStyle: optionalText(),
  fontVariant: optionalText(),
  fontWeight: optionalText(),
  textDecoration: optionalText(),
};

function style<T>(model: string, traits: Traits<T>): ModelClass<T> {
  return modelClass<T>({
    model,
    view: 'StyleView',
    package: CONTROLS,
    viewPackage: BASE,
    traits,
  });
}

/** How the words before a control look. */
export class DescriptionStyle extends style('DescriptionStyleModel', description) {}

/** How a slider looks. */
export class SliderStyle extends style<SliderStyleTraits>('SliderStyleModel', {
  ...description,
  handleColor: optionalText(),
}) {}

/** How a button looks. */
export class ButtonStyle extends style<ButtonStyleTraits>('ButtonStyleModel', {
  ...font,
  buttonColor: optionalText(),
}) {}

/** How a checkbox looks. */
export class CheckboxStyle extends style<DescriptionTraits & BackgroundTraits>(
  'CheckboxStyleModel',
  { ...description, ...background },
) {}

type StringStyleTraits = DescriptionTraits & BackgroundTraits & SmallFontTraits;

/** How a line of text looks. */
export class TextStyle extends style<StringStyleTraits>('TextStyleModel', {
  ...description,
  ...background,
  ...smallFont,
}) {}

/** How HTML looks. */
export class HTMLStyle extends style<StringStyleTraits>('HTMLStyleModel', {
  ...description,
  ...background,
  ...smallFont,
}) {}

/** How a label looks. */
export class LabelStyle extends style<DescriptionTraits & BackgroundTraits & FontTraits>(
  'LabelStyleModel',
  { ...description, ...background, ...font },
) {}
