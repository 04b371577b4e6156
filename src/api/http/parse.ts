import { ProtocolError } from '../../models/errors.js';
import { describe, toApiError } from './failure.js';
import type { HttpRequest, HttpResponse } from './types.js';

/**
 * The value of a good answer. Bodies are read by what they are, since content types cannot be trusted (protocol §6.1).
 *
 * @throws ProtocolError for a web page, with which a wrong base URL answers, and for JSON that is cut short.
 * @throws ApiError for an error within an answer that had begun well (protocol §7.2).
 */
export function parseAnswer(request: HttpRequest, response: HttpResponse): unknown {
  const { answer, paging } = request.operation;
  const { body, status } = response;
  const refuse = (problem: string): ProtocolError =>
    new ProtocolError(`${describe(request)}: the answer is ${problem}`);
  const isText = typeof body === 'string';
  if (isText ? /^\s*</.test(body) : (body as Blob).type.startsWith('text/html')) {
    throw refuse('a web page; is the url that of a Mattermost server, with its sub-path?');
  }
  if (!isText || answer === 'text') return body;
  if (answer === 'none' || status === 204) return undefined;
  // One route answers an array for a page, and a row a line for the whole.
  const isLines = answer === 'ndjson' && !body.startsWith('[');
  const text = isLines ? `[${body.trim().split('\n').join()}]` : body;
  let value: unknown;
  try {
    // 5.37 sends the hash of the password with users in four answers (protocol §10). Reviving costs much, and looking little by a rare letter.
    value = JSON.parse(text, text.includes('word":') ? withoutPassword : undefined);
    if (!isLines) return value === null && (answer === 'list' || paging === 'page') ? [] : value;
  } catch {
    // Told below.
  }
  // What is streamed may end in an error, and an array then lacks its end.
  const [inside, code] = /\{"id":"[^"]*","message":.*"status_code":(\d+)\}\s*$/.exec(body) ?? [];
  if (inside) throw toApiError(request, response, inside, Number(code));
  if (value === undefined) throw refuse(`no JSON, or cut short after ${body.length} characters`);
  return value;
}

function withoutPassword(this: object, key: string, value: unknown): unknown {
  return key === 'password' && 'username' in this ? undefined : value;
}
