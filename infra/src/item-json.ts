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
    return `${JSON.stringify(name)}:${ID_ATTRIBUTES.has(name) ? json : escapeTemplates(json)}`;
  });
  return `{${members.join(',')}}`;
}

function escapeTemplates(json: string): string {
  return json.replaceAll('${', '\\u0024{').replaceAll('%{', '\\u0025{');
}
