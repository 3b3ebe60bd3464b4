import { type BaselineRecord, encodeRecord, type SettingsRecord } from '@cognito-m2m/claim-schema';

/** The attributes that hold Terraform's references to ids, which must stay expressions. */
const ID_ATTRIBUTES = new Set(['pk', 'sk', 'userPoolId', 'clientId']);

/**
 * Encodes a declared record as the JSON that `aws_dynamodb_table_item` takes.
 *
 * Everything but the ids comes from people, so a `${` or `%{` in it is written as a JSON escape: the item holds the
 * very text, and Terraform never sees an expression.
 */
export function toItemJson(record: BaselineRecord | SettingsRecord): string {
  const members = Object.entries(encodeRecord(record)).map(([name, attribute]) => {
    const json = JSON.stringify(attribute);
    const text = ID_ATTRIBUTES.has(name) ? keepReferences(json) : escapeTemplates(json);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.join(',')}}`;
}

/** Takes JSON's escapes out of references such as `${x["key"].id}`: Terraform reads those before anyone reads the JSON. */
function keepReferences(json: string): string {
  return json.replaceAll(/\$\{[^}]*\}/g, (reference) => reference.replaceAll('\\"', '"'));
}

function escapeTemplates(json: string): string {
  return json.replaceAll('${', '\\u0024{').replaceAll('%{', '\\u0025{');
}
