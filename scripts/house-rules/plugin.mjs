/** The house rules of the contract, as a Redocly plugin: one rule per file, each with its reason and its test. */
import { AllowReserved } from './allow-reserved.mjs';
import { ArrayBounds } from './array-bounds.mjs';
import { AuditEventName } from './audit-event-name.mjs';
import { AuditWhereWritten } from './audit-where-written.mjs';
import { ErrorsDocumented } from './errors-documented.mjs';
import { ExampleRequired } from './example-required.mjs';
import { IntegerBounds } from './integer-bounds.mjs';
import { KnownExtensions } from './known-extensions.mjs';
import { NamedSchemas } from './named-schemas.mjs';
import { NoDefaultResponse } from './no-default-response.mjs';
import { NoDiscriminatorMapping } from './no-discriminator-mapping.mjs';
import { NullableAtUse } from './nullable-at-use.mjs';
import { OneSuccess } from './one-success.mjs';
import { OpenapiVersion } from './openapi-version.mjs';
import { OperationDescribed } from './operation-described.mjs';
import { OperationIdVerbNoun } from './operation-id-verb-noun.mjs';
import { ParameterStyle } from './parameter-style.mjs';
import { QuerySchemaShapes } from './query-schema-shapes.mjs';
import { RateLimitDeclared } from './rate-limit-declared.mjs';
import { ReadOnlyInPlace } from './read-only-in-place.mjs';
import { RequestBodyRequired } from './request-body-required.mjs';
import { RequestObjectsClosed } from './request-objects-closed.mjs';
import { SecurityExplicit } from './security-explicit.mjs';
import { SnakeCaseNames } from './snake-case-names.mjs';
import { StringBounds } from './string-bounds.mjs';
import { TopLevelRefs } from './top-level-refs.mjs';
import { TupleClosed } from './tuple-closed.mjs';

export const rules = {
  'allow-reserved': AllowReserved,
  'array-bounds': ArrayBounds,
  'audit-event-name': AuditEventName,
  'audit-where-written': AuditWhereWritten,
  'errors-documented': ErrorsDocumented,
  'example-required': ExampleRequired,
  'integer-bounds': IntegerBounds,
  'known-extensions': KnownExtensions,
  'named-schemas': NamedSchemas,
  'no-default-response': NoDefaultResponse,
  'no-discriminator-mapping': NoDiscriminatorMapping,
  'nullable-at-use': NullableAtUse,
  'one-success': OneSuccess,
  'openapi-version': OpenapiVersion,
  'operation-described': OperationDescribed,
  'operation-id-verb-noun': OperationIdVerbNoun,
  'parameter-style': ParameterStyle,
  'query-schema-shapes': QuerySchemaShapes,
  'rate-limit-declared': RateLimitDeclared,
  'read-only-in-place': ReadOnlyInPlace,
  'request-body-required': RequestBodyRequired,
  'request-objects-closed': RequestObjectsClosed,
  'security-explicit': SecurityExplicit,
  'snake-case-names': SnakeCaseNames,
  'string-bounds': StringBounds,
  'top-level-refs': TopLevelRefs,
  'tuple-closed': TupleClosed,
};

const everyRule = Object.fromEntries(Object.keys(rules).map((name) => [`house/${name}`, 'error']));

export default () => ({ id: 'house', rules: { oas3: rules }, configs: { all: { rules: everyRule } } });
