import { describe, expect, test } from '@jest/globals';
import { defineContract } from '../contract-definition.ts';
import { findBreakages } from './check-contract.ts';
import { type ContractConsumer, parseConsumer } from './contract-files.ts';

const contract = defineContract({
  tier: { type: 'string', description: 'The plan.', gatewaySafe: true },
  limit: { type: 'number', description: 'A limit.' },
});

describe('findBreakages', () => {
  test('findBreakages finds none for a consumer that was built with the contract', () => {
    expect(findBreakages(contract, [aConsumer()])).toEqual([]);
  });

  test('findBreakages names the consumer, its owner and the claim', () => {
    const consumer = aConsumer({ reads: { gone: { type: 'string' } } });

    expect(findBreakages(contract, [aConsumer(), consumer])).toEqual([
      {
        consumer: 'orders-api',
        owner: 'orders',
        claim: 'gone',
        problem: 'claim removed (was string)',
      },
    ]);
  });

  test('findBreakages does not mind a change of a claim that nobody reads', () => {
    const changed = { tier: contract.tier, limit: { ...contract.limit, type: 'string' } } as const;

    expect(findBreakages(changed, [aConsumer()])).toEqual([]);
  });

  test('findBreakages finds a claim that does not survive API Gateway where it is read through it', () => {
    const reads = { limit: { type: 'number' } } as const;
    const consumers = [aConsumer({ reads }), aConsumer({ reads, isBehindGateway: true })];

    expect(findBreakages(contract, consumers)).toMatchObject([{ claim: 'limit' }]);
  });
});

describe('parseConsumer', () => {
  test('parseConsumer reads a declaration', () => {
    const json = { name: 'a', owner: 'b', reads: { tier: { type: 'string' } } };

    expect(parseConsumer(json, 'a.json')).toEqual({ ...json, isBehindGateway: false });
  });

  test.each([
    ['a list', []],
    ['a field that nobody knows', { name: 'a', owner: 'b', reads: {}, isBehindGatway: true }],
    ['no claims', { name: 'a', owner: 'b' }],
    ['the name of another file', { name: 'b', owner: 'b', reads: {} }],
    [
      'a field of a claim that nobody knows',
      { name: 'a', owner: 'b', reads: { t: { type: 'string', gatewaysafe: true } } },
    ],
    [
      'a value that is none',
      { name: 'a', owner: 'b', reads: { t: { type: 'string', values: [true] } } },
    ],
    ['no name', { owner: 'b', reads: {} }],
    ['an unknown type', { name: 'a', owner: 'b', reads: { tier: { type: 'date' } } }],
    ['a flag that is none', { name: 'a', owner: 'b', isBehindGateway: 'yes', reads: {} }],
    [
      'values that are not a list',
      { name: 'a', owner: 'b', reads: { t: { type: 'string', values: 'x' } } },
    ],
  ])('parseConsumer refuses %s', (_, json) => {
    expect(() => parseConsumer(json, 'a.json')).toThrow(
      expect.objectContaining({ code: 'ERR_CONTRACT_CONSUMER_INVALID' }),
    );
  });
});

test('a declaration is refused with every fault and where it stands', () => {
  const json = { name: 'a', reads: { tier: { type: 'date', requird: true } } };

  expect(() => parseConsumer(json, 'a.json')).toThrow(
    [
      'a.json: reads.tier.type: wrong field (expected one of string, number, boolean, string[], number[], boolean[], object)',
      'a.json: reads.tier.requird: unknown field (expected one of type, values, min, max, integer, pattern, maxLength, minItems, maxItems, required, gatewaySafe, verified, members)',
      'a.json: owner: wrong field (got nothing; expected string)',
    ].join('\n'),
  );
});

function aConsumer(fields: Partial<ContractConsumer> = {}): ContractConsumer {
  const reads = { tier: { type: 'string', gatewaySafe: true } } as const;
  return { name: 'orders-api', owner: 'orders', reads, ...fields };
}
