import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles } from '../house/source-tree.ts';
import { repositoryRoot } from '../support/repository.ts';
import {
  type Docstring,
  findFunction,
  findInterface,
  findType,
  membersOf,
} from './declarations.ts';
import { renderJsonTypes } from './json-types.ts';

/** Where the reference is, relative to the root of the repository. */
export const REFERENCE_FOLDER = 'docs/reference';

/** How the pages of the reference are written again. */
export const WRITE_REFERENCE = 'node --import tsx tests/docs/write-reference.ts';

/** A part of a page that is written from the source. */
type Section =
  | { readonly title: string; readonly example: string }
  | { readonly title: string; readonly file: string; readonly interfaces: readonly string[] }
  | {
      readonly title: string;
      readonly functions: readonly (readonly [file: string, name: string])[];
    };

interface ReferencePage {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly sections: readonly Section[];
}

const VERIFIER = 'packages/verifier/src';
const TOKEN_CLIENT = 'packages/token-client/src';
const ENVIRONMENT = 'packages/environment/src/environment.ts';

/** The pages that are written as a whole. */
const PAGES: readonly ReferencePage[] = [
  {
    name: 'environment',
    title: 'The environment file',
    text: 'Every member of a file in `infra/environments`. How a file is deployed: [deploy](../deploy.md).',
    sections: [
      { title: 'Example', example: 'environments/prod.ts' },
      {
        title: 'The environment',
        file: ENVIRONMENT,
        interfaces: ['EnvironmentInput', 'StateInput', 'TriggerInput', 'WatchInput'],
      },
      {
        title: 'Pools',
        file: ENVIRONMENT,
        interfaces: ['PoolInput', 'ResourceServer', 'CustomDomain', 'ExistingPool', 'UserTrigger'],
      },
      { title: 'Clients', file: ENVIRONMENT, interfaces: ['ClientInput', 'SelectorInput'] },
      {
        title: 'Tokens of users',
        file: ENVIRONMENT,
        interfaces: ['TokenIssuerInput', 'TokenSelectorInput'],
      },
    ],
  },
  {
    name: 'contract',
    title: 'The claim contract',
    text: 'Every field of a claim in `packages/contract/src/contract.ts`. What a change breaks: [verify in your API](../verify-in-your-api.md#changing-the-contract).',
    sections: [
      { title: 'Example', example: 'contract.ts' },
      {
        title: 'A claim',
        file: 'packages/claim-schema/src/contract-definition.ts',
        interfaces: ['ClaimDefinition', 'ValueRules', 'MemberDefinition'],
      },
    ],
  },
  {
    name: 'verifier',
    title: 'The verifier',
    text: 'Every function and option of `@cognito-m2m/verifier`. How an API uses it: [verify in your API](../verify-in-your-api.md); its error codes: [errors](../errors.md#the-verifier).',
    sections: [
      {
        title: 'Functions',
        functions: [
          [`${VERIFIER}/verifier.ts`, 'createVerifier'],
          [`${VERIFIER}/errors.ts`, 'isVerifyError'],
          [`${VERIFIER}/fastify.ts`, 'createFastifyGuard'],
          [`${VERIFIER}/express.ts`, 'createExpressGuard'],
          [`${VERIFIER}/middy.ts`, 'createMiddyGuard'],
          [`${VERIFIER}/api-gateway-authorizer.ts`, 'createGatewayAuthorizer'],
          [`${VERIFIER}/api-gateway-claims.ts`, 'createGatewayClaimsReader'],
          [`${VERIFIER}/bind-contract.ts`, 'bindContract'],
          [`${VERIFIER}/pool-issuer.ts`, 'readPoolIssuer'],
        ],
      },
      {
        title: 'Options',
        file: `${VERIFIER}/verifier-options.ts`,
        interfaces: ['BoundVerifierOptions', 'PoolOptions', 'TokenChecks', 'VerifyOptions'],
      },
      {
        title: 'Options of guards',
        file: `${VERIFIER}/guard.ts`,
        interfaces: ['GuardOptions', 'RefusalOptions'],
      },
      {
        title: 'Options of an authorizer',
        file: `${VERIFIER}/api-gateway-authorizer.ts`,
        interfaces: ['AuthorizerOptions'],
      },
      {
        title: 'A verifier',
        file: `${VERIFIER}/verifier.ts`,
        interfaces: ['Verifier'],
      },
      {
        title: 'A verified token',
        file: `${VERIFIER}/verified-token.ts`,
        interfaces: ['VerifiedToken'],
      },
    ],
  },
  {
    name: 'token-client',
    title: 'The token client',
    text: 'Every function and option of `@cognito-m2m/token-client`. How a service uses it: [get tokens](../token-client.md); its error codes: [errors](../errors.md#the-token-client).',
    sections: [
      {
        title: 'Functions',
        functions: [
          [`${TOKEN_CLIENT}/token-client.ts`, 'createTokenClient'],
          [`${TOKEN_CLIENT}/credentials.ts`, 'secretsManagerCredentials'],
          [`${TOKEN_CLIENT}/credentials.ts`, 'fileCredentials'],
          [`${TOKEN_CLIENT}/credentials.ts`, 'envCredentials'],
          [`${TOKEN_CLIENT}/dynamo-token-store.ts`, 'dynamoTokenStore'],
          [`${TOKEN_CLIENT}/errors.ts`, 'isTokenClientError'],
        ],
      },
      {
        title: 'Options',
        file: `${TOKEN_CLIENT}/token-client-options.ts`,
        interfaces: ['TokenClientOptions'],
      },
      { title: 'A client', file: `${TOKEN_CLIENT}/token-client.ts`, interfaces: ['TokenClient'] },
      {
        title: 'A request',
        file: `${TOKEN_CLIENT}/token-request.ts`,
        interfaces: ['TokenRequest'],
      },
      {
        title: 'Options of createFetch',
        file: `${TOKEN_CLIENT}/authorized-fetch.ts`,
        interfaces: ['AuthorizedFetchOptions'],
      },
      {
        title: 'Events and counts',
        file: `${TOKEN_CLIENT}/events.ts`,
        interfaces: ['TokenEvents', 'TokenClientStats'],
      },
    ],
  },
];

const read = (file: string) => readFile(join(repositoryRoot, file), 'utf8');

/**
 * Writes the pages of the reference from the docstrings of the types and from the help of the commands.
 *
 * @returns The text of each page by its file. Pages of commands keep what is outside of their blocks.
 */
export async function renderReference(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for (const page of PAGES)
    pages.set(`${REFERENCE_FOLDER}/${page.name}.md`, await renderPage(page));
  const blocks = new Map([...(await readHelp()), ...(await renderJsonTypes())]);
  for (const file of await listFiles(`${REFERENCE_FOLDER}/commands/*.md`)) {
    pages.set(file, fillBlocks(await read(file), blocks));
  }
  const filled = [...pages.values()].join('\n');
  const missing = [...blocks.keys()].filter((name) => !filled.includes(`<!-- begin: ${name} -->`));
  if (missing.length > 0) throw new Error(`No page of commands has a place for: ${missing}.`);
  return pages;
}

/** Puts the generated text between `<!-- begin: name -->` and `<!-- end: name -->`. */
function fillBlocks(page: string, blocks: ReadonlyMap<string, string>): string {
  return page.replace(
    /(<!-- begin: (.+?) -->\n)[\s\S]*?(<!-- end: \2 -->)/g,
    (_, begin: string, name: string, end: string) => {
      const text = blocks.get(name);
      if (text === undefined) throw new Error(`No command has ${name}.`);
      return `${begin}\n${text}\n\n${end}`;
    },
  );
}

async function renderPage({ title, text, sections }: ReferencePage): Promise<string> {
  const parts = await Promise.all(sections.map(renderSection));
  const body = parts.map(({ lines }) => lines.join('\n').trimEnd()).join('\n\n');
  const contents = parts.flatMap(({ title: section, entries }) => {
    const links = entries.map((entry) => linkTo(entry)).join(' · ');
    return `- ${linkTo(section)}${links === '' ? '' : `: ${links}`}`;
  });
  const note = `Written from the source by \`${WRITE_REFERENCE}\`; a test compares.`;
  return `${[`# ${title}`, '', text, '', note, '', ...contents, '', body].join('\n')}\n`;
}

interface RenderedSection {
  readonly title: string;
  /** The headings below that of the section. */
  readonly entries: readonly string[];
  readonly lines: readonly string[];
}

async function renderSection(section: Section): Promise<RenderedSection> {
  const { title } = section;
  const heading = [`## ${title}`, ''];
  if ('example' in section) {
    const code = await read(`tests/docs/examples/${section.example}`);
    return { title, entries: [], lines: [...heading, ...codeBlock(toReaders(code))] };
  }
  if ('interfaces' in section) {
    const source = await read(section.file);
    const tables = section.interfaces.flatMap((name) => [...renderInterface(source, name), '']);
    return {
      title,
      entries: section.interfaces,
      lines: [...heading, `From ${sourceLink(section.file)}.`, '', ...tables],
    };
  }
  const lines = [...heading];
  for (const [file, name] of section.functions) {
    lines.push(...renderFunction(await read(file), file, name));
  }
  return { title, entries: section.functions.map(([, name]) => name), lines };
}

/** An example of the tests as a reader writes it. */
function toReaders(code: string): string {
  return code.replace(
    /@cognito-m2m\/(?:environment|claim-schema)\/fixtures/,
    '@cognito-m2m/contract',
  );
}

function sourceLink(file: string): string {
  return `[\`${file}\`](../../${file})`;
}

/** A link to a heading of the page, as GitHub calls it. */
function linkTo(heading: string): string {
  const anchor = heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
  return `[${heading}](#${anchor})`;
}

function codeBlock(code: string, language = 'ts'): string[] {
  return [`\`\`\`${language}`, code.trimEnd(), '```', ''];
}

function renderInterface(source: string, name: string): string[] {
  if (new RegExp(`^export type ${name}\\b`, 'm').test(source)) {
    const { docstring, declaration } = findType(source, name);
    return [`### ${name}`, '', docstring.text, '', ...codeBlock(declaration, 'typescript')];
  }
  const { text, body } = findInterface(source, name);
  const rows = membersOf(body).map(({ name: member, type, isOptional, text: description }) => {
    const needed = member.endsWith('()') || isOptional ? '' : 'yes';
    const cells = [`\`${member}\``, needed, `\`${cell(type)}\``, cell(description)];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `### ${name}`,
    '',
    text,
    '',
    '| member | required | type | what it says |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
}

function renderFunction(source: string, file: string, name: string): string[] {
  const { docstring, signature } = findFunction(source, name);
  if (docstring.example === '') throw new Error(`${name} has no example.`);
  return [
    `### ${name}`,
    '',
    `${docstring.text} From ${sourceLink(file)}.`,
    '',
    // Not `ts`: what a declaration names is not in reach, so it is not compiled as the example is.
    ...codeBlock(signature, 'typescript'),
    ...describeCall(docstring),
    'Example:',
    '',
    ...codeBlock(docstring.example),
  ];
}

function describeCall({ params, returns, throws }: Docstring): string[] {
  const rows = [
    ...params.map(({ name, text }) => `- \`${name}\`: ${text}`),
    returns === '' ? [] : `- Returns: ${returns}`,
    throws === '' ? [] : `- Throws: ${throws}`,
  ].flat();
  return rows.length === 0 ? [] : [...rows, ''];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The help of each command, as its own test holds it, by the name of its block. */
async function readHelp(): Promise<readonly (readonly [string, string])[]> {
  const text = await read('packages/cli/src/__snapshots__/run.test.ts.snap');
  const help = [...text.matchAll(/^exports\[`help of (\S+) .*?`\] = `\n"([\s\S]*?)"\n`;/gm)];
  if (help.length === 0) throw new Error('No help of a command was found.');
  return help.map(([, name = '', lines = '']) => {
    const plain = lines.replaceAll('\\\\', '\\').replaceAll('\\"', '"').replaceAll('\\`', '`');
    return [`help ${name}`, codeBlock(plain.trim(), 'text').join('\n').trimEnd()] as const;
  });
}
