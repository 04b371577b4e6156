import { AppError } from '../base/app-error.js';
import { json, type Handler } from '../rest/context.js';
import type { Area } from './area.js';

/** Metadata of the OAuth 2.0 authorization server, with addresses of the site. */
const getAuthorizationServerMetadata: Handler = ({ world: { config } }) => {
  if (!config.flag('ServiceSettings.EnableOAuthServiceProvider'))
    throw new AppError(501, 'api.oauth.authorization_server_metadata.disabled.app_error', 'OAuth is disabled.');
  const issuer = config.text('ServiceSettings.SiteURL');
  return json({
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/access_token`,
    response_types_supported: ['code'],
    ...(config.flag('ServiceSettings.EnableDynamicClientRegistration') && {
      registration_endpoint: `${issuer}/api/v4/oauth/apps/register`,
    }),
    scopes_supported: ['user'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  });
};

export const oauthArea: Area = { handlers: { getAuthorizationServerMetadata } };
