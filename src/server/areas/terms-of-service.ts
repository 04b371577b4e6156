import { AppError, invalidBody } from '../base/app-error.js';
import { json, ok } from '../rest/context.js';
import type { Handler } from '../rest/context.js';
import type { Area } from './area.js';

const noTerms = (): AppError =>
  new AppError(404, 'app.terms_of_service.get.no_rows.app_error', 'There are no terms of service.');

const getTermsOfService: Handler = (c) => {
  const latest = c.store.termsOfService.all().at(-1);
  if (!latest) throw noTerms();
  return json(latest);
};

/** Creating them needs a licence. The seeds can do it without one. */
const createTermsOfService: Handler = (c) => {
  c.need('manage_system');
  throw new AppError(
    400,
    'api.create_terms_of_service.custom_terms_of_service_disabled.app_error',
    'Terms of service need a licence.',
  );
};

const getUserTermsOfService: Handler = (c) => {
  const row = c.store.acceptedTerms.get(c.me);
  if (!row)
    throw new AppError(404, 'app.user_terms_of_service.get_by_user.no_rows.app_error', 'Nothing has been accepted.');
  return json(row);
};

/** Acts for the requesting user, whatever user is in the path. */
const registerTermsOfServiceAction: Handler = (c) => {
  const { termsOfServiceId: id = '', accepted } = c.fields('accepted', {
    termsOfServiceId: 'string',
    accepted: 'boolean',
  });
  if (accepted === undefined) throw invalidBody('accepted');
  if (!c.store.termsOfService.get(id)) throw noTerms();
  if (accepted) c.store.acceptedTerms.put({ user_id: c.me, terms_of_service_id: id, create_at: c.now });
  else c.store.acceptedTerms.delete(c.me);
  return ok();
};

export const termsOfServiceArea: Area = {
  handlers: { getTermsOfService, createTermsOfService, getUserTermsOfService, registerTermsOfServiceAction },
};
