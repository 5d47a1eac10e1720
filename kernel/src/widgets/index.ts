/** `halfnote/widgets`: controls in a notebook, which its cells and each page that shows it share. */

export { Fixed, fixed, type ValueOf } from './abbreviations';
export { HBox, VBox, type BoxTraits } from './controls/boxes';
export { Button, type ButtonTraits } from './controls/button';
export { Checkbox, type CheckboxTraits } from './controls/checkbox';
export type { DescribedTraits, ValueWidget, VisibleTraits } from './controls/common';
export { Dropdown, type DropdownTraits, type Option, type Options } from './controls/dropdown';
export { Image, type ImageTraits } from './controls/image';
export { FloatSlider, IntSlider, type SliderTraits } from './controls/sliders';
export {
  HTML,
  Label,
  Text,
  type HTMLTraits,
  type LabelTraits,
  type TextTraits,
} from './controls/strings';
export { interact, Interactive, interactive, type InteractOptions } from './interact';
export { Layout, type LayoutTraits } from './layout';
export { AnyWidget } from './model/any-widget';
export { Widget, type Change, type Given } from './model/widget';
export { Output, type Captured, type OutputTraits, type StoredOutput } from './output';
export {
  ButtonStyle,
  CheckboxStyle,
  DescriptionStyle,
  HTMLStyle,
  LabelStyle,
  SliderStyle,
  TextStyle,
} from './styles';
