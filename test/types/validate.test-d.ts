import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expectTypeOf, it } from 'vitest';
import type { ClientOptions } from '../../src/client.js';
import type { EventMap } from '../../src/models/events.js';
import type { Post } from '../../src/models/generated/entities.js';
import { answerSchema, eventSchema, modelSchema, validator, type MismatchError } from '../../src/validate/index.js';

describe('validation', () => {
  it('has schemas that know what they accept', () => {
    expectTypeOf(modelSchema('Post')).toEqualTypeOf<StandardSchemaV1<unknown, Post>>();
    expectTypeOf(eventSchema('typing')).toEqualTypeOf<StandardSchemaV1<unknown, EventMap['typing']>>();
    expectTypeOf(eventSchema('custom_thing')).toEqualTypeOf<StandardSchemaV1 | undefined>();
    expectTypeOf(answerSchema('getPost')).toEqualTypeOf<StandardSchemaV1 | undefined>();
    // @ts-expect-error there is no such model
    void modelSchema('Pots');
  });

  it('is an option of a client, made by the validator', () => {
    expectTypeOf(validator()).toExtend<ClientOptions['validate']>();
    // @ts-expect-error the schemas come with the validator, not with the client
    const byName: ClientOptions['validate'] = 'strict';
    expectTypeOf(byName).not.toBeAny();
    // @ts-expect-error there is no such mode
    void validator({ mode: 'loose' });
    expectTypeOf(validator)
      .parameter(0)
      .toExtend<{ report?: ((error: MismatchError) => void) | undefined } | undefined>();
  });
});
