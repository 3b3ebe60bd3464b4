import { plainText } from '../frame/output/text.ts';
import type { HandoverJson } from './handover-json.ts';
import { renderSnippets } from './snippets.ts';

/** The owner's page, as Markdown. */
export function renderHandover(json: HandoverJson): string {
  const { environment, pool, client, description, owner, accessTokenMinutes, secret } = json;
  return [
    `# ${pool} / ${client} in ${environment}`,
    `${plainText(description)}. Owner: ${plainText(owner)}.`,
    '## Addresses',
    table(['SSM parameter', 'value'], Object.entries(json.parameters)),
    '## Secret',
    `\`${secret.arn}\` in AWS Secrets Manager: JSON with \`client_id\` and \`client_secret\`, encrypted with the key \`${secret.keyAlias}\`. It is rotated while services run: read it again when Amazon Cognito answers \`invalid_client\`.`,
    readersText(json),
    '## Tokens',
    `Scopes: ${json.scopes.map((scope) => `\`${scope}\``).join(', ')}. A token lives for ${accessTokenMinutes} minutes: keep it for about 75 % of that.`,
    table(['claim', 'comes from'], Object.entries(json.claims)),
    metadataText(json),
    ...renderSnippets(json),
  ].join('\n\n');
}

function readersText({ secret, client }: HandoverJson): string {
  if (secret.readers.length > 0) {
    const roles = secret.readers.map((role) => `- \`${role}\``).join('\n');
    return `These roles may read it. Roles of other accounts also need a policy of their own, as below.\n\n${roles}`;
  }
  return `Roles of the same account may read it with a policy of their own, as below. For a role of another account, add it to \`readers\` of ${client} in the environment file.`;
}

function metadataText({ metadata }: HandoverJson): string {
  if (metadata.length === 0) return 'Metadata (`aws_client_metadata`): none.';
  const rows = metadata.map(({ key, isRequired, allowed }) => [
    key,
    isRequired ? 'yes' : 'no',
    allowed === undefined ? "a user's token" : allowed.map(plainText).join(', '),
  ]);
  return table(['metadata (`aws_client_metadata`)', 'required', 'value'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => plainText(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
