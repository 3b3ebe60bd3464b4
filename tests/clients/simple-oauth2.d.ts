/** The part of simple-oauth2 that is used here; the package ships no types. */
declare module 'simple-oauth2' {
  export class ClientCredentials {
    constructor(options: {
      client: { id: string; secret: string };
      auth: { tokenHost: string; tokenPath: string };
      options?: { authorizationMethod: 'header' | 'body' };
    });
    getToken(params: { scope?: string; aws_client_metadata?: string }): Promise<{
      token: { access_token: string };
      expired(windowSeconds?: number): boolean;
    }>;
  }
}
