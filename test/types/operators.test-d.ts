import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { MattermostEvent } from '../../src/models/events.js';
import type { Post, User } from '../../src/models/generated/entities.js';
import type { Events } from '../../src/streams/events/events.js';
import { mentioning } from '../../src/streams/operators/mentioning.js';
import { dedupePosts, inThread } from '../../src/streams/operators/posts.js';
import { fromUser, inChannel, inTeam, notSelf } from '../../src/streams/operators/scope.js';

declare const events: Events;
declare const post$: Observable<Post>;
declare const me: User;

describe('operators', () => {
  it('keep the type of an event', () => {
    const posted$ = events
      .on('posted')
      .pipe(mentioning(me, { self: true }), dedupePosts(), inThread('id'), notSelf('id'));
    expectTypeOf(posted$).toEqualTypeOf<Observable<MattermostEvent<'posted'>>>();
    const several$ = events.on(['posted', 'post_edited']).pipe(mentioning(me), inThread('id'), inTeam('id'));
    expectTypeOf(several$).toEqualTypeOf<Observable<MattermostEvent<'posted' | 'post_edited'>>>();
  });

  it('keep the type of a post', () => {
    const some$ = post$.pipe(
      mentioning(me),
      dedupePosts(),
      inThread('id'),
      inChannel('id'),
      fromUser('id'),
      notSelf('id'),
    );
    expectTypeOf(some$).toEqualTypeOf<Observable<Post>>();
  });

  it('want what they look at', () => {
    // @ts-expect-error An event about typing has no post.
    events.on('typing').pipe(mentioning(me));
    // @ts-expect-error A post does not say its team.
    post$.pipe(inTeam('id'));
  });
});
