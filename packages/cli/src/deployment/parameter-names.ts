/** The SSM parameters of one pool, as the deploy writes them. */
export function poolParameterNames(environmentName: string, poolName: string) {
  const prefix = `/m2m/${environmentName}/${poolName}`;
  return {
    userPoolId: `${prefix}/user-pool-id`,
    issuer: `${prefix}/issuer`,
    tokenEndpoint: `${prefix}/token-endpoint`,
    tableName: `${prefix}/table-name`,
  };
}

/** The SSM parameter that holds an app client's id. */
export function clientParameterName(
  environmentName: string,
  poolName: string,
  clientName: string,
): string {
  return `/m2m/${environmentName}/${poolName}/clients/${clientName}`;
}

/** The name of the secret that holds an app client's credentials. */
export function clientSecretName(
  environmentName: string,
  poolName: string,
  clientName: string,
): string {
  return `m2m/${environmentName}/${poolName}/${clientName}`;
}
