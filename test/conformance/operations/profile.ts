import { expect } from 'vitest';
import { BadRequestError, ForbiddenError, NotFoundError } from '../../../src/index.js';
import { png } from '../kit/png.js';
import { refusal, refusedWith } from '../kit/refusal.js';
import { unknownId } from '../kit/names.js';
import type { OperationRules } from './names.js';

type Profile =
  | 'getDefaultProfileImage'
  | 'getProfileImage'
  | 'getUserTermsOfService'
  | 'publishUserTyping'
  | 'registerTermsOfServiceAction'
  | 'setDefaultProfileImage'
  | 'setProfileImage';

const pngSignature = [0x89, 0x50, 0x4e, 0x47];

async function expectPicture(picture: Blob): Promise<void> {
  expect(picture.type).toBe('image/png');
  expect([...new Uint8Array(await picture.slice(0, 4).arrayBuffer())]).toEqual(pngSignature);
}

export const profile: OperationRules<Profile> = {
  getProfileImage: [
    'gives the picture as bytes with their type, 404 for an unknown user',
    async ({ alice, bob }) => {
      await expectPicture(await bob.client.users.getProfileImage(alice.id));
      await refusal('getProfileImage', alice.client.users.getProfileImage(unknownId()), NotFoundError);
    },
  ],
  getDefaultProfileImage: [
    'gives the generated picture as bytes with their type',
    async ({ alice }) => {
      await expectPicture(await alice.client.users.getDefaultProfileImage(alice.id));
    },
  ],
  setProfileImage: [
    'takes bytes, blobs and streams; refuses what is no picture, and others',
    async ({ bob, person }) => {
      const someone = await person();
      const { users } = someone.client;
      const bytes = png(16, [200, 30, 60]);
      expect(await users.setProfileImage(someone.id, bytes)).toEqual({ status: 'OK' });
      await expectPicture(await bob.client.users.getProfileImage(someone.id));
      await users.setProfileImage(someone.id, new Blob([png(16, [30, 200, 60])], { type: 'image/png' }));
      await users.setProfileImage(someone.id, new Blob([png(16, [30, 60, 200])]).stream());
      expect((await users.getUser('me')).last_picture_update).toBeGreaterThan(0);
      await refusal('setProfileImage', bob.client.users.setProfileImage(someone.id, bytes), ForbiddenError);
      await refusedWith(
        'setProfileImage',
        users.setProfileImage(someone.id, new TextEncoder().encode('text')),
        400,
        500,
      );
    },
  ],
  setDefaultProfileImage: [
    'goes back to the generated picture; refuses others',
    async ({ bob, person }) => {
      const someone = await person();
      await someone.client.users.setProfileImage(someone.id, png(16, [1, 2, 3]));
      await refusal('setDefaultProfileImage', bob.client.users.setDefaultProfileImage(someone.id), ForbiddenError);
      expect(await someone.client.users.setDefaultProfileImage(someone.id)).toEqual({ status: 'OK' });
      await expectPicture(await someone.client.users.getProfileImage(someone.id));
    },
  ],
  publishUserTyping: [
    'sends a channel the typing event; refuses other callers, unknown channels and an empty body',
    async ({ alice, bob, channel, record }) => {
      const typing = record(bob.client.events.on('typing', { channelId: channel.id }));
      await record(bob.client.connection.open()).find('ready', ({ status }) => status === 'ready');
      await alice.client.users.publishUserTyping(alice.id, { channel_id: channel.id, parent_id: '' });
      await typing.find('typing', ({ data }) => data.user_id === alice.id);
      const { users } = bob.client;
      await refusal('publishUserTyping', users.publishUserTyping(alice.id, { channel_id: channel.id }), ForbiddenError);
      await refusedWith('publishUserTyping', users.publishUserTyping(bob.id, { channel_id: unknownId() }), 403, 404);
      await refusedWith('publishUserTyping', users.publishUserTyping(bob.id, {} as { channel_id: string }), 400, 403);
    },
  ],
  getUserTermsOfService: [
    'says 404 for a user who has accepted none',
    async ({ person }) => {
      const someone = await person();
      const error = await refusal(
        'getUserTermsOfService',
        someone.client.users.getUserTermsOfService(someone.id),
        NotFoundError,
      );
      expect(error.id).toBe('app.user_terms_of_service.get_by_user.no_rows.app_error');
    },
  ],
  registerTermsOfServiceAction: [
    'refuses terms that do not exist, and an answer that is no boolean, under the documented name too',
    async ({ alice }) => {
      const { users } = alice.client;
      const unknown = { termsOfServiceId: unknownId(), accepted: true };
      await refusedWith(
        'registerTermsOfServiceAction',
        users.registerTermsOfServiceAction(alice.id, unknown),
        400,
        404,
      );
      const documented = { serviceTermsId: unknownId(), accepted: true };
      const error = await refusedWith(
        'registerTermsOfServiceAction',
        users.registerTermsOfServiceAction(alice.id, documented),
        400,
        404,
      );
      expect(error.id).not.toBe('api.context.invalid_body_param.app_error');
      const odd = { termsOfServiceId: unknownId(), accepted: 'yes' } as unknown as typeof unknown;
      await refusal('registerTermsOfServiceAction', users.registerTermsOfServiceAction(alice.id, odd), BadRequestError);
    },
  ],
};
