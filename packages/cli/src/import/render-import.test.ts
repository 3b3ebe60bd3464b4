import { expect, test } from '@jest/globals';
import { createStyle } from '../frame/terminal.ts';
import type { FoundAdoption } from './find-adoption.ts';
import { type ImportJson, type ImportNoteJson, renderImport } from './render-import.ts';

const STYLE = createStyle({ hasColours: false });
const BLOCKS = 'import {\n  to = aws_cognito_user_pool.pool\n  id = "eu-central-1_A"\n}\n';
const ADOPTION: FoundAdoption = {
  stack: 'legacy-pool-payments',
  imports: [{ address: 'aws_cognito_user_pool.pool', id: 'eu-central-1_A' }],
  blocks: BLOCKS,
};

function render(changes: Partial<ImportJson>): string {
  const json: ImportJson = {
    environment: 'legacy',
    region: 'eu-central-1',
    file: 'infra/environments/legacy.ts',
    pools: [],
    assumed: [],
    undeclared: [],
    staysWithOwner: [],
    notRead: [],
    faults: [],
    adoption: [],
    isAdoptionKnown: true,
    ...changes,
  };
  return renderImport(json, json.adoption.length === 0 ? [] : [ADOPTION], STYLE);
}

function notes(amount: number): ImportNoteJson[] {
  return Array.from({ length: amount }, (_, index) => ({
    subject: `client payments/client-${index}`,
    what: 'The client also takes ALLOW_USER_SRP_AUTH.',
    why: 'why',
    outcome: 'then',
  }));
}

test.each([
  [1, '  client payments/client-0: The client also takes'],
  [3, 'client payments/client-0, client payments/client-1, client payments/client-2: The client'],
  [177, 'client payments/client-4 and 172 more: The client'],
])('the same note of %i clients shows once', (amount, expected) => {
  const text = render({ undeclared: notes(amount) });

  expect(text.match(/The client also takes/g)).toHaveLength(1);
  expect(text).toContain(expected);
});

test('what is missing and what the deploy imports come before what the file leaves out', () => {
  const text = render({
    undeclared: notes(3),
    assumed: notes(1),
    faults: ['environment: required claim "environment" is missing'],
    adoption: [{ ...ADOPTION, file: 'infra/imports/legacy-pool-payments.tf' }],
  });

  const order = [
    'To complete by hand',
    'No deploy created this pool',
    'Not declared',
    'Assumptions',
  ];
  const positions = order.map((title) => text.indexOf(title));
  expect(positions).toEqual([...positions].sort((first, second) => first - second));
  expect(positions[0]).toBeGreaterThan(0);
  expect(text).toContain('wrote infra/imports/legacy-pool-payments.tf');
  expect(text).not.toContain('terraform import');
});

test('import blocks that were not written are shown, ready to paste', () => {
  const text = render({ file: null, adoption: [{ ...ADOPTION, file: null }] });

  expect(text).toContain('Put this into infra/imports/legacy-pool-payments.tf:');
  expect(text).toContain(
    '  import {\n    to = aws_cognito_user_pool.pool\n    id = "eu-central-1_A"\n  }',
  );
});

test('no deploy is recommended as long as the imports are unknown', () => {
  const text = render({ faults: ['tags: …'], isAdoptionKnown: false });

  expect(text).toContain('Do not deploy yet');
  expect(text).not.toContain('cdktf');
});
