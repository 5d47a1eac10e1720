import type { MimeBundle } from '../host';
import { powerOfTwo } from '../display/exponents';
import { stepsBundle, sumText, type Step } from './explanation';
import { separated, spoken } from './value-bits';
import type { CodeReading, ExplainedBits, FloatReading } from '../formats/results';

const RIGHT = ['Bit', 'Power', 'Value', 'Sum'].map(
  (header) => ({ header, align: 'right' }) as const,
);

/** Binary digits on their way to decimal, as HTML, Markdown and text. */
export function bitsExplanationBundle(explained: ExplainedBits): MimeBundle {
  const { code } = explained;
  const { fields = [], label = '' } = code ?? {};
  const what = code === undefined ? 'The binary number' : `The code ${code.hex} in ${label}`;
  return stepsBundle(stepsOf(explained), fields, label, {
    sentence: `${what} is ${explained.decimal}.`,
    tone: 'good',
  });
}

function stepsOf({ decimal, places, code }: ExplainedBits): Step[] {
  const steps: Step[] = code === undefined ? [] : [codeStep(code)];
  if (places.length > 0) {
    const twos = code?.fields[0]?.role === 'sign';
    steps.push({
      title: 'Each bit times its power of two',
      lines: twos ? ["Two's complement: the highest power counts negative."] : [],
      table: {
        columns: RIGHT,
        rows: places.map(({ bit, power, value, sum }) => [
          String(bit),
          powerOfTwo(power),
          value,
          sum,
        ]),
      },
    });
  }
  const float = code?.float;
  if (float !== undefined) steps.push(...floatSteps(float));
  steps.push({
    title: 'In decimal',
    lines: [float === undefined ? decimal : `${productText(float)} = ${decimal}`],
  });
  return steps;
}

function codeStep({ label, fields, hex }: CodeReading): Step {
  return {
    title: `The code in ${label}`,
    lines: [`${separated(fields)} = ${hex} (${spoken(fields)})`],
  };
}

function floatSteps({
  bias,
  field,
  exponent,
  subnormal,
  significand,
  powers,
}: FloatReading): Step[] {
  return [
    {
      title: 'Exponent',
      lines: [
        subnormal
          ? `Field 0: subnormal, without the hidden one, exponent 1 - bias ${bias} = ${exponent}`
          : `Field ${field} - bias ${bias} = ${exponent}`,
      ],
    },
    { title: 'Significand', lines: [`${significand} = ${sumText(powers)}`] },
  ];
}

function productText({ negative, significand, exponent }: FloatReading): string {
  return `${negative ? '-' : ''}${significand} × ${powerOfTwo(exponent)}`;
}
