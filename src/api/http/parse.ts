import { ProtocolError } from '../../models/errors.js';
import { describe, toApiError } from './failure.js';
import type { HttpRequest, HttpResponse } from './types.js';

/**
 * The value of a good answer. The body decides how it is read, because content types cannot be trusted (protocol §6.1).
 *
 * @throws ProtocolError for a web page, which means that the base URL is wrong, and for JSON that is cut short.
 * @throws ApiError for an error at the end of an answer that began with status 200 (protocol §7.2).
 */
export function parseAnswer(request: HttpRequest, response: HttpResponse): unknown {
  const { answer, paging } = request.operation;
  const { body, status } = response;
  const refuse = (problem: string): ProtocolError =>
    new ProtocolError(`${describe(request)}: the answer is ${problem}`);
  const isText = typeof body === 'string';
  if (isText ? /^\s*</.test(body) : (body as Blob).type.startsWith('text/html')) {
    throw refuse('a web page; url must be that of a Mattermost server, with its sub-path');
  }
  if (!isText || answer === 'text') return body;
  if (answer === 'none' || status === 204) return undefined;
  // One route answers with an array for one page, and with one row on each line for all.
  const isLines = answer === 'ndjson' && !body.startsWith('[');
  const text = isLines ? `[${body.trim().split('\n').join()}]` : body;
  let value: unknown;
  try {
    // 5.37 sends password hashes with users in four answers (protocol §10). A reviver is slow; use one only if the text mentions a password.
    // Stryker disable next-line StringLiteral: a reviver for every answer would only cost time.
    value = JSON.parse(text, text.includes('word":') ? withoutPassword : undefined);
    if (!isLines) return value === null && (answer === 'list' || paging === 'page') ? [] : value;
  } catch {
    // The value stays undefined, which is an error below.
  }
  // A streamed answer may end in an error; its array is then not closed.
  const [inside, code] = /\{"id":"[^"]*","message":.*"status_code":(\d+)\}\s*$/.exec(body) ?? [];
  if (inside) throw toApiError(request, response, inside, Number(code));
  if (value === undefined) throw refuse(`not JSON, or cut short after ${body.length} characters`);
  return value;
}

function withoutPassword(this: object, key: string, value: unknown): unknown {
  return key === 'password' && 'username' in this ? undefined : value;
}
