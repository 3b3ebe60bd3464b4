import { randomUUID } from 'node:crypto';
import { createServer } from 'node:https';
import { type AddressInfo, isIPv4 } from 'node:net';
import { generate } from 'selfsigned';
import { createUserSigner, type UserSigner } from './user-signer.ts';

export { createUserSigner, type UserSigner };

/** What goes wrong at an issuer. */
export type IssuerFault =
  | { readonly kind: 'refuse' | 'hang' | 'hang-in-body' | 'reset' }
  | { readonly kind: 'status'; readonly status: number; readonly location?: string }
  | { readonly kind: 'body'; readonly text: string };

/** An issuer of users' tokens on loopback, over HTTPS. */
export interface UserIssuer {
  readonly issuer: string;
  /** The certificate that a client must trust, as PEM. */
  readonly certificate: string;
  /** Signs with the newest key. */
  readonly sign: UserSigner['sign'];
  readonly signer: () => UserSigner;
  /** The paths that were asked for. */
  readonly requests: string[];
  /** Publishes a new key in place of the old one. */
  rotate(): void;
  /** Shows another certificate from now on. */
  setCertificate(certificate: IssuerCertificate): void;
  /** Breaks every request from now on; `undefined` repairs it. */
  setFault(fault: IssuerFault | undefined): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts an issuer.
 *
 * @param options.certificateHost - The host that the certificate is for. @default the right one
 * @param options.document - Replaces members of the discovery document.
 */
export async function startUserIssuer(
  options: {
    readonly algorithm?: string;
    readonly certificateHost?: string;
    readonly document?: { readonly [name: string]: unknown };
  } = {},
): Promise<UserIssuer> {
  const { algorithm = 'RS256', certificateHost = 'localhost', document } = options;
  const tls = await makeCertificate(certificateHost);
  const requests: string[] = [];
  let fault: IssuerFault | undefined;
  let signer: UserSigner;
  const server = createServer(tls, ({ url = '' }, outgoing) => {
    requests.push(url);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') return void outgoing.socket?.destroy();
    if (fault?.kind === 'hang-in-body') return void outgoing.writeHead(200).write('{');
    if (fault?.kind === 'body') return void outgoing.end(fault.text);
    if (fault?.kind === 'status') {
      const headers = fault.location === undefined ? {} : { location: fault.location };
      return void outgoing.writeHead(fault.status, headers).end();
    }
    const discovery = { issuer, jwks_uri: `${issuer}/keys`, ...document };
    const isDiscovery = url === '/.well-known/openid-configuration';
    outgoing.end(JSON.stringify(isDiscovery ? discovery : signer.jwks));
  });
  const listen = (port: number) =>
    new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const stop = () => {
    const stopped = new Promise<void>((closed) => server.close(() => closed()));
    server.closeAllConnections();
    return stopped;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const issuer = `https://localhost:${port}`;
  const newSigner = () => createUserSigner({ issuer, keyId: randomUUID(), algorithm });
  signer = newSigner();
  return {
    issuer,
    certificate: tls.cert,
    sign: (payload, header) => signer.sign(payload, header),
    signer: () => signer,
    requests,
    rotate: () => {
      signer = newSigner();
    },
    setCertificate: (certificate) => server.setSecureContext(certificate),
    async setFault(next) {
      fault = next;
      if (fault?.kind === 'refuse' && server.listening) await stop();
      if (fault?.kind !== 'refuse' && !server.listening) await listen(port);
    },
    async close() {
      if (server.listening) await stop();
    },
  };
}

/** A certificate that signs itself, and its key, as PEM. */
export interface IssuerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate for a host, a name or an IPv4 address. */
export async function makeCertificate(host: string): Promise<IssuerCertificate> {
  // A client that trusts several certificates finds each by its name.
  const { private: key, cert } = await generate([{ name: 'commonName', value: randomUUID() }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [isIPv4(host) ? { type: 7, ip: host } : { type: 2, value: host }],
      },
    ],
  });
  return { key, cert };
}
