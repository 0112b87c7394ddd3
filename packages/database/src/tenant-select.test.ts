import { describe, expect, it } from 'vitest';
import { lookUp, tenantSelect } from './tenant-select.ts';

const organization = '0197a000-0000-7000-8000-00000000000a';

describe('a tenant read', () => {
  it('puts the organization before the values of the caller and keeps one text per statement', () => {
    const inner = {
      name: 'app by id',
      text: 'SELECT a.name FROM apps AS a WHERE a.organization_id = tenant.id AND a.id = $2',
      values: ['id'],
    };
    const first = tenantSelect(organization, inner);
    expect(first.values).toEqual([organization, 'id']);
    expect(first.name).toBe('tenant app by id');
    expect(first.text).toContain(`(${inner.text}\nOFFSET 0)`);
    expect(tenantSelect(organization, inner).text).toBe(first.text);
  });

  it('refuses a text that does not use the organization: nothing would make the setting happen first', () => {
    expect(() => tenantSelect(organization, { text: 'SELECT name FROM apps' })).toThrow('must use tenant.id');
    expect(() => lookUp('secret', { text: 'SELECT id FROM users' })).toThrow('must use lookup.secret');
  });

  it('leaves a statement without a name unnamed', () => {
    expect(tenantSelect(organization, { text: 'SELECT tenant.id' }).name).toBeUndefined();
  });
});
