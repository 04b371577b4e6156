import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../scripts/generate/open-api.js';
import type { Schema, Spec } from '../../../scripts/generate/spec.js';

const ref = (name: string): Schema => ({ $ref: `system.yaml#/components/schemas/${name}` });

/** The schemas of the document that is made of these. */
function documentOf(schemas: Readonly<Record<string, Schema>>): unknown {
  const entries = Object.entries(schemas).map(([name, schema]) => [name, { area: 'system', schema }] as const);
  const spec: Spec = { groups: {}, operations: [], schemas: new Map(entries) };
  return (openApiDocument(spec) as { components: { schemas: unknown } }).components.schemas;
}

describe('openApiDocument', () => {
  const section: Schema = {
    type: 'object',
    required: ['Name', 'Rows'],
    properties: { Name: { type: 'string' }, Rows: { type: 'array', items: ref('Row') } },
  };
  const row: Schema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
  const part: Schema = {
    type: 'object',
    properties: { Name: { type: 'string' }, Rows: { type: 'array', items: { $ref: '#/components/schemas/Row' } } },
  };

  it('writes out what is part of another schema, at every depth; the elements of a list stay whole', () => {
    const whole: Schema = {
      type: 'object',
      required: ['Section'],
      properties: { Section: ref('Section') },
      additionalProperties: ref('Section'),
    };
    const schemas = {
      Whole: whole,
      Section: section,
      Row: row,
      Patch: { description: 'A part.', 'x-partial-of': ref('Whole') },
    };
    expect(documentOf(schemas)).toMatchObject({
      Patch: { description: 'A part.', type: 'object', properties: { Section: part }, additionalProperties: part },
      Row: row,
    });
    expect(JSON.stringify(documentOf(schemas))).not.toContain('x-partial-of');
    expect((documentOf(schemas) as { Patch: Schema }).Patch).not.toHaveProperty('required');
  });

  it('writes it out for a member, too', () => {
    const schemas = {
      Section: section,
      Row: row,
      Body: { type: 'object', properties: { One: { 'x-partial-of': ref('Section') } } },
    };
    expect(documentOf(schemas)).toMatchObject({ Body: { type: 'object', properties: { One: part } } });
    expect((documentOf(schemas) as { Body: Schema }).Body.properties?.['One']).toEqual(part);
  });
});
