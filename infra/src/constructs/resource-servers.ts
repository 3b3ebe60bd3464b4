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
  private readonly byIdentifier = new Map<string, CognitoResourceServer>();

  constructor(scope: Construct, id: string, props: ResourceServersProps) {
    super(scope, id);
    for (const [identifier, server] of Object.entries(props.pool.resourceServers)) {
      const resource = new CognitoResourceServer(this, identifier, {
        identifier: literalText(identifier),
        name: server.name,
        userPoolId: props.userPoolId,
        scope: Object.entries(server.scopes).map(([scopeName, description]) => ({
          scopeName: literalText(scopeName),
          scopeDescription: literalText(description),
        })),
      });
      this.byIdentifier.set(identifier, resource);
    }
  }

  /** Finds the servers that declare any of the scopes: a client can't be given a scope before its server is there. */
  declaring(scopes: readonly string[]): CognitoResourceServer[] {
    // An identifier may hold slashes, a scope's name never does.
    const identifiers = new Set(scopes.map((scope) => scope.slice(0, scope.lastIndexOf('/'))));
    return [...identifiers].flatMap((identifier) => this.byIdentifier.get(identifier) ?? []);
  }
}
