import { expect, test } from '@jest/globals';
import { createStyle } from '../frame/terminal.ts';
import { renderDoctor } from './doctor.ts';

/** The last line about a deployment without findings. */
function lastLine(notChecked: readonly string[], notAllowed: readonly string[]): string {
  const place = { environment: 'test', target: 'here' };
  const json = { ...place, findings: [], notChecked, notAllowed, runtime: null, repaired: [] };
  const text = renderDoctor({ ...json, fix: 'not-asked' }, createStyle({ hasColours: false }));
  return text.split('\n').at(-1) ?? '';
}

test.each([
  [[], [], 'Nothing is wrong.'],
  [['a'], [], 'Nothing is wrong in what was checked.'],
  [
    ['a'],
    ['a'],
    'Nothing is wrong in what was checked; 1 thing was not: this caller may not read it.',
  ],
  [
    ['a', 'b', 'c'],
    ['a', 'b'],
    'Nothing is wrong in what was checked; 2 things were not: this caller may not read them.',
  ],
])(
  'the checks not made %j, of which not allowed %j, are summed up: %s',
  (notChecked, notAllowed, line) => {
    expect(lastLine(notChecked, notAllowed)).toBe(line);
  },
);

test.each([
  ['nodejs22.x', '2027-04-30', 'nodejs22.x, which AWS Lambda supports until 2027-04-30.'],
  ['nodejs99.x', null, 'nodejs99.x, which AWS Lambda supports until a date that this version'],
])('the runtime %s of the trigger shows with its end of support', (name, endOfSupport, line) => {
  const json = {
    environment: 'test',
    target: 'here',
    findings: [],
    notChecked: [],
    notAllowed: [],
    repaired: [],
    fix: 'not-asked',
    runtime: { name, endOfSupport },
  } as const;

  expect(renderDoctor(json, createStyle({ hasColours: false }))).toContain(
    `Runtime of the trigger: ${line}`,
  );
});
