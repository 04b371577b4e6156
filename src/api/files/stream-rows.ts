import { isMattermostError, NetworkError, ProtocolError } from '../../models/errors.js';
import type { Call } from '../call.js';

/**
 * Rows of an answer that has one on each line (NDJSON), as they arrive and no faster than they are taken: for example all rows of
 * `getChannelMembersWithTeamDataForUser` with `page: -1`, without holding them in memory.
 *
 * @param call an operation whose answer has a row on each line.
 * @returns lazy; each loop is a request, which leaving the loop aborts. Errors as the call does, with `NetworkError` if the connection ends within the
 * answer, and with `ProtocolError` if a line is not JSON, or the server ends the answer with an error.
 * @example
 * const rows = client.users.getChannelMembersWithTeamDataForUser('me', { page: -1 });
 * for await (const member of streamRows(rows)) count(member);
 */
export async function* streamRows<T>(call: Call<readonly T[]>): AsyncGenerator<T> {
  const response = await call.raw();
  const reader = (response.body ?? new Blob().stream()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += value ?? '';
      // The last line may be incomplete as long as the answer goes on.
      const end = done ? text.length : text.lastIndexOf('\n') + 1;
      for (const line of text.slice(0, end).split('\n')) if (line.trim() !== '') yield toRow(line) as T;
      if (done) return;
      text = text.slice(end);
    }
  } catch (error) {
    throw isMattermostError(error) ? error : new NetworkError('streamRows: the answer broke off', { cause: error });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function toRow(line: string): unknown {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    throw new ProtocolError(`streamRows: a line is not JSON, or cut short after ${line.length} characters`);
  }
  if (Array.isArray(row))
    throw new ProtocolError('streamRows: the server is too old: it answered with a page, not with lines');
  const { id, status_code: status } = row as { id?: string; status_code?: number };
  if (status !== undefined)
    throw new ProtocolError(`streamRows: the server ended the answer with an error: ${status} ${id}`);
  return row;
}
