import {
  type MapTerraformIterator,
  propertyAccess,
  type TerraformLocal,
  type TerraformResource,
  Token,
} from 'cdktf';

/**
 * Refers to an attribute of one instance of a resource that has one for each key of a map.
 *
 * Written out, because each of CDKTF's own references captures a stack trace, which took half the time of a large synth.
 */
export function instanceAttribute(
  resource: TerraformResource,
  key: string,
  attribute: string,
): string {
  const { terraformResourceType: type, friendlyUniqueId: id } = resource;
  return `\${${type}.${id}[${JSON.stringify(key)}].${attribute}}`;
}

/** Refers to the same inside another resource over the same map: to the instance with its own key. */
export function ownAttribute(
  resource: TerraformResource,
  each: MapTerraformIterator,
  attribute: string,
): string {
  return Token.asString(propertyAccess(resource, [each.key, attribute]));
}

/** Refers to what a local map holds under a resource's own key. */
export function ownValue(local: TerraformLocal, each: MapTerraformIterator): string {
  return Token.asString(propertyAccess(local, [each.key]));
}
