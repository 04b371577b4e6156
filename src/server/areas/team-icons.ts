import { AppError, forbidden } from '../base/app-error.js';
import { changeTeam } from '../changes/teams.js';
import { ok } from '../rest/context.js';
import type { Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { partOf } from '../rest/multipart.js';
import { needInTeam, teamOf } from '../rest/refusals.js';

const isPng = (bytes: Uint8Array): boolean => [137, 80, 78, 71].every((byte, at) => bytes[at] === byte);
const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

const getTeamIcon: Handler = (c) => {
  const team = teamOf(c);
  if (!team.allow_open_invite && !c.world.permissions.inTeam(c.me, team.id, 'view_team')) throw forbidden();
  const { icon } = team;
  if (!icon) throw new AppError(404, 'api.team.get_team_icon.read_file.app_error', 'The team has no icon.');
  const answer = { status: 200, body: icon, type: 'image/png', headers: { 'Cache-Control': 'private, max-age=86400' } };
  return c.tagged(String(team.last_team_icon_update), () => answer);
};

const setTeamIcon: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'manage_team');
  const image = partOf(c.request, 'image');
  if (!image)
    throw new AppError(400, 'api.team.set_team_icon.no_file.app_error', 'The form must have a field `image`.');
  if (!isPng(image) && !isJpeg(image))
    throw new AppError(400, 'api.team.set_team_icon.check_image_limits.app_error', 'The image must be a PNG or JPEG.');
  changeTeam(c.world, teamOf(c), { icon: image, last_team_icon_update: c.now });
  return ok();
};

const removeTeamIcon: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'manage_team');
  const { icon: _, ...team } = teamOf(c);
  c.store.teams.put(team);
  changeTeam(c.world, team, { last_team_icon_update: 0 });
  return ok();
};

export const teamIconsArea: Area = { handlers: { getTeamIcon, setTeamIcon, removeTeamIcon } };
