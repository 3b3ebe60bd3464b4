import { type ClaimLayers, DENIAL_MESSAGES, type Resolution } from '@cognito-m2m/claim-schema';

/** Says more about a refusal than its caller reads: which claim or key, and what is allowed. */
export function adviseOnDenial(
  resolution: Resolution,
  { baseline }: ClaimLayers,
): string | undefined {
  if (resolution.outcome === 'issue') return undefined;
  const { code, subject } = resolution;
  if (code === 'ERR_METADATA_REQUIRED' || code === 'ERR_METADATA_NOT_ALLOWED') {
    const selectors = Object.values(baseline?.claimsFromMetadata ?? {});
    const allow = selectors.find(({ key }) => key === subject)?.allow ?? [];
    return `Metadata key ${subject}: send one of ${allow.join(', ')}.`;
  }
  const about = subject === undefined ? '' : ` Claim: ${subject}.`;
  return `${DENIAL_MESSAGES[code]}${about}`;
}
