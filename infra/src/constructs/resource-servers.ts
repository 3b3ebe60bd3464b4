import { CognitoResourceServer } from '@cdktf/provider-aws/lib/cognito-resource-server/index.js';
import type { Pool } from '@cognito-m2m/environment';
import { Construct } from 'constructs';
import { literalText } from '../terraform-text.ts';

/** What the resource servers are made from. */
export interface ResourceServersProps {
  readonly pool: Pool;
  readonly userPoolId: string;
}

/** The resource servers of a pool with their scopes. */
export class ResourceServers extends Construct {
  /** The servers; a client can't be given a scope before its server is there. */
  readonly servers: readonly CognitoResourceServer[];

  constructor(scope: Construct, id: string, props: ResourceServersProps) {
    super(scope, id);
    this.servers = Object.entries(props.pool.resourceServers).map(
      ([identifier, server]) =>
        // In an id, constructs take a slash for two hyphens: `a/b` would be `a--b`.
        new CognitoResourceServer(this, encodeURIComponent(identifier), {
          identifier: literalText(identifier),
          name: server.name,
          userPoolId: props.userPoolId,
          scope: Object.entries(server.scopes).map(([scopeName, description]) => ({
            scopeName: literalText(scopeName),
            scopeDescription: literalText(description),
          })),
        }),
    );
  }
}
