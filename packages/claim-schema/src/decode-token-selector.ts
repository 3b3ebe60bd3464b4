import type { FieldReader } from './field-reader.ts';
import type { TokenIssuer, TokenSelector } from './token-selector.ts';

/** Reads how a client takes claims from a user's token. */
export function decodeTokenSelector(fields: FieldReader): TokenSelector {
  return {
    key: fields.string('key'),
    issuer: decodeTokenIssuer(fields.nested('issuer')),
    required: fields.boolean('required'),
    maxAgeSeconds: fields.integer('maxAgeSeconds'),
    claims: fields.stringMap('claims'),
  };
}

function decodeTokenIssuer(fields: FieldReader): TokenIssuer {
  return {
    name: fields.string('name'),
    issuer: fields.string('issuer'),
    ...(fields.has('jwksUri') && { jwksUri: fields.string('jwksUri') }),
    clientIds: fields.strings('clientIds'),
    audience: fields.strings('audience'),
    ...(fields.has('tokenUse') && { tokenUse: fields.oneOf('tokenUse', ['access', 'id']) }),
  };
}
