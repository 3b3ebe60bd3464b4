// A trigger of somebody's own: it adds a claim that is in no layer, and one that the baseline holds as well.
export const handler = async (event) => ({
  ...event,
  response: {
    claimsAndScopeOverrideDetails: {
      accessTokenGeneration: {
        claimsToAddOrOverride: { department: 'harbour', 'custom:organization_id': '12345' },
      },
    },
  },
});
