import { OAuth2Server } from 'oauth2-mock-server';
import { CLAIMS } from './claims.mjs';

// It checks neither secret nor scope.
const server = new OAuth2Server();
await server.issuer.keys.generate('RS256');
server.service.on('beforeTokenSigning', ({ payload }) => Object.assign(payload, CLAIMS));
await server.start(0, '127.0.0.1');
const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders/read' });
console.log(JSON.stringify({ url: `${server.issuer.url}/token`, body: body.toString() }));
