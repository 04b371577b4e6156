import { toJson } from '../base/to-json.js';
import type { World } from '../world.js';

/** The answer to a failed upgrade: a plain text, then an error object (protocol §1.1). */
export function refuseUpgrade({ modern }: World, status: number, text: string) {
  const error = toJson({
    id: 'api.web_socket.connect.upgrade.app_error',
    message: 'The socket could not be opened.',
    detailed_error: '',
    status_code: modern ? 400 : 500,
  });
  const type = 'text/plain; charset=utf-8';
  return { status, headers: { 'Content-Type': type }, body: `${text}\n${error}`, type };
}
