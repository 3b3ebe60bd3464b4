import type { BaselineRecord, SettingsRecord } from '@cognito-m2m/claim-schema';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';

/**
 * Makes text from an environment file safe in a Terraform configuration, where `${` and `%{` begin an expression.
 *
 * Terraform's own escapes `$${` and `%%{` begin with the character before, so the whole run of `$` and `%` is written as
 * one literal. CDKTF would also find its reference syntax inside `$${`; this form breaks the sequence up for both.
 *
 * @see https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
 */
export function literalText(text: string): string {
  return text.replaceAll(/([$%]+)\{/g, (_, signs) => `\${"${signs}"}{`);
}

/** Stands for the client's ID in an item; JSON in ASCII holds no such character otherwise. */
export const CLIENT_ID_PLACEHOLDER = '§';

/** The attributes that hold Terraform's reference to the pool's ID, which must stay an expression. */
const ID_ATTRIBUTES: readonly string[] = ['pk', 'sk', 'userPoolId', 'clientId'];

/**
 * Encodes a declared record as the JSON that `aws_dynamodb_table_item` accepts.
 *
 * Apart from the IDs, everything in it comes from the environment file, so `${`, `%{` and every character outside ASCII
 * are JSON escapes: Terraform sees no expression, and cannot normalize the text to Unicode NFC.
 */
export function toItemJson(record: BaselineRecord | SettingsRecord): string {
  const members = Object.entries(encodeRecord(record)).map(([name, attribute]) => {
    const json = JSON.stringify(attribute);
    return `${JSON.stringify(name)}:${ID_ATTRIBUTES.includes(name) ? json : toAsciiJson(json)}`;
  });
  return `{${members.join(',')}}`;
}

function toAsciiJson(json: string): string {
  return json.replaceAll(/[$%](?=\{)|[^\x20-\x7e]/g, toEscape);
}

/** One escape for each UTF-16 code unit, as JSON defines it. */
function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
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
