/** A parsed action frame. */
export interface ActionRequest {
  readonly seq: number;
  readonly action: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Parses an action frame as the server does (protocol §1.4): keys match in any case, text after the first JSON value is ignored, `null`
 * counts as empty. `undefined` if it cannot be decoded, which ends the socket.
 */
export function parseRequest(text: string): ActionRequest | undefined {
  const value = firstValue(text);
  if (value === null) return { seq: 0, action: '', data: {} };
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const fields: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) fields[key.toLowerCase()] = field;
  const { seq = 0, action = '', data = {} } = fields as { seq?: unknown; action?: unknown; data?: unknown };
  if (!Number.isInteger(seq ?? 0) || typeof (action ?? '') !== 'string') return undefined;
  if (typeof data !== 'object' || Array.isArray(data)) return undefined;
  return {
    seq: (seq as number | null) ?? 0,
    action: (action as string | null) ?? '',
    data: (data ?? {}) as ActionRequest['data'],
  };
}

/** The first JSON value of a text; `undefined` if there is none. */
function firstValue(text: string): unknown {
  const start = text.search(/\S/);
  for (const candidate of [text, text.slice(0, endOfObject(text, start)), text.slice(0, start + 4)]) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {
      // The next candidate is shorter.
    }
  }
  return undefined;
}

/** The index after the object or array that begins at `start`. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1;
  }
  return 0;
}
