/** Where the AWS SDK runs the middleware: around everything else. */
const PLACE = { step: 'initialize', name: 'nameOperation' } as const;

/** As much of a client of the AWS SDK as is needed here. */
interface SdkClient {
  readonly middlewareStack: {
    add(middleware: typeof nameOperation, place: typeof PLACE): void;
  };
}

/** Makes every error of some clients say which operation failed: `operation: 'SSM GetParameters'`. */
export function nameOperations(clients: readonly SdkClient[]): void {
  for (const { middlewareStack } of clients) middlewareStack.add(nameOperation, PLACE);
}

function nameOperation<Args, Output>(
  next: (args: Args) => Promise<Output>,
  names: { readonly clientName?: string; readonly commandName?: string },
): (args: Args) => Promise<Output> {
  const { clientName = '', commandName = '' } = names;
  const operation = `${clientName.replace(/Client$/, '')} ${commandName.replace(/Command$/, '')}`;
  return (args) =>
    next(args).catch((error: unknown) => {
      throw error instanceof Error ? Object.assign(error, { operation }) : error;
    });
}
