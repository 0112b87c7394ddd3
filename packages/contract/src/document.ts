import { documentJson } from './generated/document.ts';

export { contractYaml } from './generated/yaml.ts';

/** A JSON Schema 2020-12 object, as OpenAPI 3.1 uses it. */
export type Schema = { [keyword: string]: unknown };

export type Parameter = { name: string; in: 'path' | 'query' | 'header' | 'cookie'; required?: boolean; schema: Schema };

export type MediaType = { schema?: Schema; example?: unknown; examples?: Record<string, { value: unknown }> };

export type Response = {
  description: string;
  headers?: Record<string, { required?: boolean; schema: Schema }>;
  content?: Record<string, MediaType>;
  links?: Record<string, { operationId: string; parameters?: Record<string, unknown>; requestBody?: unknown }>;
};

/** A limit on how often an operation may be called; `by` says what is counted. */
export type RateLimitRule = { policy: string; by: 'address' | 'principal'; limit: number; window_seconds: number };

export type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  security?: Record<string, string[]>[];
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, MediaType> };
  responses: Record<string, Response | { $ref: string }>;
  'x-audit'?: string | false;
  'x-rate-limit'?: RateLimitRule;
  'x-body-bytes-max'?: number;
};

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

export type Document = {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  security?: Record<string, string[]>[];
  paths: Record<string, Partial<Record<Method, Operation>> & { parameters?: (Parameter | { $ref: string })[] }>;
  /** What Appstead itself sends, by name. */
  webhooks?: Record<string, Partial<Record<Method, Operation>> & { parameters?: (Parameter | { $ref: string })[] }>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, Response>;
    parameters: Record<string, Parameter>;
    headers: Record<string, { required?: boolean; schema: Schema }>;
    examples: Record<string, { value: unknown }>;
    securitySchemes: Record<string, { type: string }>;
  };
};

/** The contract as an object. Each call makes a new one, because validators write into the document they are given. */
export function readDocument(): Document {
  return JSON.parse(documentJson);
}
