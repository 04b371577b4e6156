import { describe, expectTypeOf, it } from 'vitest';
import type { Client } from '../../src/client.js';
import type { JsonObject } from '../../src/models/event-entities.js';
import type { Observable } from 'rxjs';

declare const client: Client;

describe('request', () => {
  it('knows what each action takes and is answered', () => {
    expectTypeOf(client.request('ping')).toExtend<Observable<{ readonly server_time: number }>>();
    expectTypeOf(client.request('get_statuses')).toExtend<Observable<Readonly<Record<string, string>>>>();
    client.request('user_typing', { channel_id: 'c' });
    client.request('presence', { thread_channel_id: 'c', is_thread_view: true });
  });

  it('refuses what an action does not take', () => {
    // @ts-expect-error: it takes a channel.
    client.request('user_typing', {});
    // @ts-expect-error: it takes something.
    client.request('user_update_active_status');
    // @ts-expect-error: it takes nothing.
    client.request('ping', { a: 1 });
  });

  it('lets through what plugins and newer servers know', () => {
    expectTypeOf(client.request('custom_com.example_do', { a: 1 })).toEqualTypeOf<Observable<JsonObject>>();
  });
});
