import {
  type BaselineRecord,
  type Claims,
  type Contract,
  checkClaims,
  findSecret,
  formatFault,
} from '@cognito-m2m/claim-schema';
import { compareText } from '../frame/output/text.ts';
import type { Declared, ImportNote, Place } from './import-note.ts';

type Selectors = BaselineRecord['claimsFromMetadata'];

/**
 * Keeps the claims of a record that an environment file may hold, in the order of the contract.
 *
 * @param where - What the claims are, for the notes: "claim" or "claim of scope orders/write".
 */
export function declareClaims(
  claims: Claims,
  contract: Contract,
  place: Place,
  where: string,
): Declared<Claims> {
  const names = inContractOrder(Object.keys(claims), contract);
  const notes: ImportNote[] = [];
  const kept = names.flatMap((name) => {
    const value = claims[name];
    const problem = claimProblem(contract, name, value);
    if (value !== undefined && problem === undefined) return [[name, value] as const];
    notes.push(claimNote(place, `${where} "${name}"`, problem ?? 'has no value'));
    return [];
  });
  return { value: Object.fromEntries(kept), notes };
}

/** Keeps the selectors of a record whose claim and whose every allowed value an environment file may hold. */
export function declareSelectors(
  selectors: Selectors,
  contract: Contract,
  place: Place,
): Declared<Selectors> {
  const notes: ImportNote[] = [];
  const kept = inContractOrder(Object.keys(selectors), contract).flatMap((name) => {
    const selector = selectors[name];
    if (selector === undefined) return [];
    const [problem] = selector.allow.flatMap((value) => claimProblem(contract, name, value) ?? []);
    if (problem === undefined) return [[name, selector] as const];
    notes.push(claimNote(place, `claim from metadata "${name}"`, problem));
    return [];
  });
  return { value: Object.fromEntries(kept), notes };
}

function claimProblem(contract: Contract, name: string, value: unknown): string | undefined {
  const secret = findSecret(name, value);
  if (secret !== undefined) return `looks like a secret (${secret})`;
  const [fault] = checkClaims(contract, { [name]: value }, '');
  return fault && formatFault(fault).slice(`${fault.path}: `.length);
}

function claimNote(place: Place, what: string, problem: string): ImportNote {
  return {
    place,
    what: `The ${what} ${problem}.`,
    why: 'Environment files may only contain contract claims, and never secrets.',
    outcome: 'It stays in the claims table until the first deploy removes it; m2m plan shows it.',
  };
}

function inContractOrder(names: readonly string[], contract: Contract): string[] {
  const order = Object.keys(contract);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...names].sort(
    (first, second) => rank(first) - rank(second) || compareText(first, second),
  );
}
