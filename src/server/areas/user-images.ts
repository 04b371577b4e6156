import { AppError, noSuchUser } from '../base/app-error.js';
import { changeUser } from '../changes/users.js';
import { ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { isMultipart, partOf } from '../rest/multipart.js';
import { defaultPicture, isPicture } from '../files/default-picture.js';
import { toUser } from '../shapes/user.js';
import type { UserRow } from '../store/people.js';

const picture = (body: Uint8Array) => ({
  status: 200,
  body,
  type: 'image/png',
  headers: { 'Cache-Control': 'max-age=86400, private' },
});

/** The picture as it was uploaded. A real server would scale it. */
const getProfileImage: Handler = (c) => {
  const user = c.user(c.userId(), noSuchUser);
  return c.tagged(String(user.last_picture_update), () => picture(user.picture ?? defaultPicture(user.id)));
};

const getDefaultProfileImage: Handler = (c) => picture(defaultPicture(c.user(c.userId(), noSuchUser).id));

const setProfileImage: Handler = (c) => {
  const id = c.userId();
  c.needSelf(id);
  const refuse = (status: number, what: string, text: string): AppError =>
    new AppError(status, `api.user.upload_profile_user.${what}.app_error`, text);
  if (c.request.body.length > c.world.config.number('FileSettings.MaxFileSize'))
    throw refuse(413, 'too_large', 'The picture is too large.');
  if (!isMultipart(c.request)) throw refuse(500, 'parse', 'The body must be a form.');
  const image = partOf(c.request, 'image');
  if (!image) throw refuse(400, 'no_file', 'The form must have a field `image`.');
  if (!isPicture(image)) throw refuse(400, 'check_image_limits', 'The image must be a PNG or JPEG.');
  const user = c.user(id, noSuchUser);
  emitPicture(c, changeUser(c.world, user.id, { picture: image, last_picture_update: c.now }));
  return ok();
};

const setDefaultProfileImage: Handler = (c) => {
  const id = c.userId();
  c.needSelf(id);
  const { picture: _, ...user } = c.user(id, noSuchUser);
  c.store.users.put(user);
  emitPicture(c, changeUser(c.world, user.id, { last_picture_update: c.modern ? -c.now : 0 }));
  return ok();
};

/** After a change of picture everybody gets the public copy of the user only. */
function emitPicture(c: Context, user: UserRow): void {
  c.store.emit({ event: 'user_updated', data: { user: toUser(c.world, user, 'other') }, to: {} });
}

export const userImagesArea: Area = {
  handlers: { getProfileImage, getDefaultProfileImage, setProfileImage, setDefaultProfileImage },
};
