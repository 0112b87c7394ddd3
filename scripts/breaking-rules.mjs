/**
 * What breaks a caller of Appstead although `redocly diff` rates it lower. Each rule takes the released and the present contract, parsed,
 * and gives sentences.
 */
import { operationsOf } from './generate-operations.mjs';

/** @returns {string[]} the breaking changes that only this contract's own rules see */
export function ownBreakingChanges(released, present) {
  const problemCodes = removedProblemCodes(released, present);
  const byOperation = pairs(released, present).flatMap((pair) => [
    ...auditRenamed(pair),
    ...bodyLimitLowered(pair),
    ...headersNoLongerSure(pair, released, present),
    ...parameterDefaultsChanged(pair, released, present),
  ]);
  return [...problemCodes, ...byOperation, ...propertyDefaultsChanged(released, present)];
}

/** A new problem needs a new code, and clients are told to fall back on the status for one they do not know: additions break nobody. */
export const openEnums = ['#/components/schemas/ProblemCode/enum'];

function pairs(released, present) {
  const now = new Map(operationsOf(present).map(({ path, method, operation, item }) => [`${method} ${path}`, { operation, item }]));
  return operationsOf(released).flatMap(({ path, method, operation, item }) => {
    const found = now.get(`${method} ${path}`);
    return found ? [{ id: operation.operationId, was: operation, wasItem: item, is: found.operation, isItem: found.item }] : [];
  });
}

/** Codes are stable names: callers branch on them. */
function removedProblemCodes(released, present) {
  const codes = (contract) => contract.components?.schemas?.ProblemCode?.enum ?? [];
  return codes(released)
    .filter((code) => !codes(present).includes(code))
    .map((code) => `The problem code ${code} is gone.`);
}

/** Audit events are searched for by their name. */
function auditRenamed({ id, was, is }) {
  if (!was['x-audit'] || was['x-audit'] === is['x-audit']) return [];
  return [`${id}: the audit event ${was['x-audit']} became ${is['x-audit'] || 'none'}.`];
}

function bodyLimitLowered({ id, was, is }) {
  const bytesMax = (operation) => operation['x-body-bytes-max'] ?? bodyBytesMaxDefault;
  return bytesMax(is) < bytesMax(was) ? [`${id}: the largest body went from ${bytesMax(was)} to ${bytesMax(is)} bytes.`] : [];
}

const bodyBytesMaxDefault = 1024 * 1024; // as the description of the response PayloadTooLarge says

function headersNoLongerSure({ id, was, is }, released, present) {
  return Object.entries(was.responses).flatMap(([status, response]) => {
    const headers = follow(released, response).headers ?? {};
    const now = follow(present, is.responses?.[status] ?? {}).headers ?? {};
    return Object.keys(headers)
      .filter((name) => name in now && follow(released, headers[name]).required && !follow(present, now[name]).required)
      .map((name) => `${id}: the header ${name} of ${status} may be missing now.`);
  });
}

/** A caller who leaves a parameter out gets another answer when its default changes. */
function parameterDefaultsChanged({ id, was, wasItem, is, isItem }, released, present) {
  const defaults = (contract, operation, item) =>
    new Map(
      [...(item.parameters ?? []), ...(operation.parameters ?? [])]
        .map((parameter) => follow(contract, parameter))
        .map((parameter) => [`${parameter.in} ${parameter.name}`, follow(contract, parameter.schema ?? {}).default]),
    );
  const now = defaults(present, is, isItem);
  return [...defaults(released, was, wasItem)]
    .filter(([name, value]) => value !== undefined && now.has(name) && !isSame(now.get(name), value))
    .map(([name, value]) => `${id}: the default of ${name} went from ${JSON.stringify(value)} to ${JSON.stringify(now.get(name))}.`);
}

/** The same for properties. Only requests have defaults that do anything. */
function propertyDefaultsChanged(released, present) {
  return Object.entries(released.components?.schemas ?? {}).flatMap(([schema, { properties = {} }]) => {
    const now = present.components?.schemas?.[schema]?.properties ?? {};
    return Object.entries(properties)
      .filter(([name, property]) => 'default' in property && name in now && !isSame(now[name].default, property.default))
      .map(
        ([name, property]) =>
          `${schema}.${name}: the default went from ${JSON.stringify(property.default)} to ${JSON.stringify(now[name].default)}.`,
      );
  });
}

function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function follow(contract, node) {
  if (!node.$ref) return node;
  const [, , kind, name] = node.$ref.split('/');
  return contract.components[kind][name];
}
