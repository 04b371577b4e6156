import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { WebSocket as Ws } from 'ws';
import { isEvent, type EventName, type MattermostEvent } from '../../src/models/events.js';
import type { Post, User } from '../../src/models/generated/entities.js';
import type { Events } from '../../src/streams/events/events.js';
import type { WebSocketClass } from '../../src/streams/connection/socket.js';

declare const events: Events;
declare const any: MattermostEvent;

describe('events', () => {
  it('of one name have its payload', () => {
    expectTypeOf(events.on('posted')).toEqualTypeOf<Observable<MattermostEvent<'posted'>>>();
    expectTypeOf<MattermostEvent<'posted'>['data']['post']>().toEqualTypeOf<Post>();
    expectTypeOf<MattermostEvent<'user_updated'>['data']['user']>().toEqualTypeOf<User>();
  });

  it('of several names are told apart by their name', () => {
    expectTypeOf(events.on(['posted', 'typing'])).toEqualTypeOf<Observable<MattermostEvent<'posted' | 'typing'>>>();
    if (any.event === 'typing') expectTypeOf(any.data.user_id).toEqualTypeOf<string>();
    if (any.event === 'posted') expectTypeOf(any.data.post).toEqualTypeOf<Post>();
  });

  it('of other names have free-form payloads', () => {
    const custom$ = events.on('custom_com.example_done');
    expectTypeOf(custom$).toEqualTypeOf<Observable<MattermostEvent<string>>>();
    expectTypeOf<MattermostEvent<string>['data']>().toEqualTypeOf<Readonly<Record<string, unknown>>>();
  });

  it('of every name are events of any name', () => {
    expectTypeOf<MattermostEvent<EventName>>().toExtend<MattermostEvent<string>>();
    expectTypeOf<MattermostEvent>().toExtend<MattermostEvent<string>>();
  });

  it('are narrowed by isEvent', () => {
    const event = any as MattermostEvent<string>;
    if (isEvent(event, 'posted')) expectTypeOf(event.data.post).toEqualTypeOf<Post>();
  });
});

describe('a class of sockets', () => {
  it('may be that of browsers, or that of ws', () => {
    expectTypeOf<typeof globalThis.WebSocket>().toExtend<WebSocketClass>();
    expectTypeOf<typeof Ws>().toExtend<WebSocketClass>();
  });
});
