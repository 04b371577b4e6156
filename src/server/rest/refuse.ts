import type { AppError } from '../base/app-error.js';
import type { CoreResponse } from '../base/http.js';
import { toJson } from '../base/to-json.js';

/** An error as an answer, without the headers of the API. */
export function refuse(error: AppError, type = 'application/json', requestId = ''): CoreResponse {
  const body = {
    id: error.id,
    message: error.message,
    detailed_error: error.detail,
    ...(requestId && error.id !== 'api.context.404.app_error' ? { request_id: requestId } : {}),
    status_code: error.status,
  };
  return { status: error.status, headers: { 'Content-Type': type }, body: toJson(body) };
}
