/** True if the API does not know the operation, as AWS APIs on one machine do not know all. */
export function isUnknownOperation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return (
    error.name === 'UnknownOperationException' || error.name === 'NotImplemented' || status === 501
  );
}
