import {
  type MapTerraformIterator,
  propertyAccess,
  type TerraformLocal,
  type TerraformResource,
  Token,
} from 'cdktf';
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
 * Refers to an item of a local map, with the ID of the client that has the block's own key.
 *
 * The ID is filled in here and not in the map: a map that names every client could not be read while Terraform knows only
 * some of them, as it does in the middle of a `terraform import`.
 */
export function ownItem(items: TerraformLocal, appClients: TerraformResource): string {
  const { terraformResourceType: type, friendlyUniqueId: id } = appClients;
  const { friendlyUniqueId: name } = items;
  return `\${replace(local.${name}[each.key], "${CLIENT_ID_PLACEHOLDER}", ${type}.${id}[each.key].id)}`;
}
