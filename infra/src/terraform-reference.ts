import { type MapTerraformIterator, propertyAccess, type TerraformResource, Token } from 'cdktf';
import { CLIENT_ID_PLACEHOLDER } from './terraform-text.ts';

/** Refers to an attribute of the instance with the block's own key, of another resource over the same map. */
export function ownAttribute(
  resource: TerraformResource,
  each: MapTerraformIterator,
  attribute: string,
): string {
  return Token.asString(propertyAccess(resource, [each.key, attribute]));
}

/**
 * Refers to an item with the ID of the client that has the block's own key.
 *
 * The ID is filled in here and not in the map of items: a map that names every client could not be read while Terraform
 * knows only some of them, as it does in the middle of a `terraform import`.
 *
 * @param item - Terraform's expression for the item, with the placeholder.
 * @param clientId - Terraform's expression for the ID.
 */
export function ownItemOf(item: string, clientId: string): string {
  return `\${replace(${item}, "${CLIENT_ID_PLACEHOLDER}", ${clientId})}`;
}
