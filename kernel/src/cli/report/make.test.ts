import { expect, it } from 'vitest';
import { makeReport } from '../../report/make/make-report';
import { factsOf, sampleReport, trialOf } from '../../report/report.fixture';
import { summaryOf } from './make';

it('says of a run what it came to, and once of each line that it is incomplete', () => {
  expect(summaryOf(sampleReport()).split('\n')).toEqual([
    "The notebook's code: 100 J (91–110), 1.5 mg (0.9–2.1) CO2e, estimated",
    'The whole machine: 181 J (172–189), counter',
    'VALID',
  ]);
  const nothing = makeReport(factsOf([{ ...trialOf(), windows: [] }]));
  expect(summaryOf(nothing).split('\n').slice(0, 2)).toEqual([
    "The notebook's code: 0 J, 0 g CO2e, modelled, incomplete",
    'The whole machine: 0 J, modelled, incomplete',
  ]);
});
