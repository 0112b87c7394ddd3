const success = { type: 'boolean', const: true };
const text = { type: 'string' };

/** The schemas of the contract of things. */
export const schemas = {
  Color: { type: 'string', enum: ['red', 'green', 'blue'] },
  Thing: {
    type: 'object',
    required: ['id', 'project_id', 'name', 'color', 'label', 'weight', 'size'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      project_id: { type: 'string', format: 'uuid' },
      name: text,
      color: { $ref: '#/components/schemas/Color' },
      label: { type: ['string', 'null'] },
      weight: { type: 'integer' },
      size: { type: 'object', required: ['width'], properties: { width: { type: 'integer' } } },
    },
  },
  ThingCreate: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 40 },
      project_id: { type: 'string', format: 'uuid' },
      color: { $ref: '#/components/schemas/Color' },
      label: { type: ['string', 'null'], maxLength: 20, pattern: '^[a-z]+$' },
      weight: { type: 'integer', minimum: 0, maximum: 100 },
    },
    allOf: [
      {
        if: { properties: { color: { const: 'blue' } }, required: ['color'] },
        // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
        then: { properties: { weight: { minimum: 50 } }, required: ['weight'] },
      },
    ],
  },
  ThingUpdate: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    'x-immutable': ['color'],
    properties: { name: { type: 'string', minLength: 1, maxLength: 40 }, weight: { type: 'integer', minimum: 0, maximum: 100 } },
  },
  Ticket: { type: 'object', additionalProperties: false, required: ['email'], properties: { email: { type: 'string', format: 'email' } } },
  ThingResult: { type: 'object', required: ['success', 'thing'], properties: { success, thing: { $ref: '#/components/schemas/Thing' } } },
  ThingList: {
    type: 'object',
    required: ['success', 'things', 'meta'],
    properties: {
      success,
      things: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
      meta: {
        type: 'object',
        required: ['has_more', 'cursor'],
        properties: { has_more: { type: 'boolean' }, cursor: { type: ['string', 'null'] } },
      },
    },
  },
  KeyResult: { type: 'object', required: ['success', 'key'], properties: { success, key: text } },
  Done: { type: 'object', required: ['success'], properties: { success } },
  Problem: {
    type: 'object',
    required: ['success', 'status', 'code', 'title', 'detail', 'error', 'errors', 'request_id'],
    properties: {
      success: { type: 'boolean', const: false },
      status: { type: 'integer' },
      code: {
        enum: [
          'invalid_request',
          'unauthorized',
          'forbidden',
          'not_found',
          'method_not_allowed',
          'conflict',
          'changed',
          'too_large',
          'other_type',
          'key_reused',
          'rate_limited',
          'fault',
          'away',
        ],
      },
      title: text,
      detail: text,
      error: text,
      errors: { type: 'array', items: { type: 'object', required: ['location'], properties: { location: text } } },
      request_id: { type: 'string', format: 'uuid' },
    },
  },
};
