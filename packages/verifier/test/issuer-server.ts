import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTokenSigner, type TokenSigner } from '@cognito-m2m/claim-schema/testing';

/**
 * What an issuer answers at one path: a document, a string that is not one, a status without either, a redirect, or a
 * connection that breaks off or stays silent.
 */
export type Answer =
  | object
  | { text: string }
  | { redirect: string }
  | number
  | 'broken'
  | 'silent';

/** A real issuer on loopback; a test decides what it answers. */
export interface IssuerServer {
  /** The issuer's address. */
  readonly url: string;
  readonly signer: TokenSigner;
  /** The path of each request so far. */
  readonly requests: string[];
  /** Sets the answer at `/jwks.json` or `/openid-configuration`. */
  answer(document: 'jwks.json' | 'openid-configuration', answer: Answer): void;
  /** Forgets all requests, and publishes the signer's keys and a fitting discovery document. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts an issuer that answers 404 until it is reset or told otherwise. */
export async function startIssuer(): Promise<IssuerServer> {
  const answers = new Map<string, Answer>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const document = request.url?.split('/.well-known/')[1] ?? '';
    requests.push(document);
    const answer = answers.get(document) ?? 404;
    if (answer === 'broken') response.destroy();
    else if (answer === 'silent') return;
    else if (typeof answer === 'number') response.writeHead(answer).end();
    else if ('text' in answer) response.end(answer.text);
    else if ('redirect' in answer) response.writeHead(302, { location: answer.redirect }).end();
    else response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/eu-central-1_Test00001`;
  const signer = createTokenSigner({ issuer: url });
  return {
    url,
    signer,
    requests,
    reset() {
      requests.length = 0;
      answers.set('jwks.json', signer.jwks);
      const jwksUri = `${url}/.well-known/jwks.json`;
      answers.set('openid-configuration', { issuer: url, jwks_uri: jwksUri });
    },
    answer: (document, answer) => answers.set(document, answer),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
