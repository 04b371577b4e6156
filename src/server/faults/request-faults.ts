import { AppError } from '../base/app-error.js';
import type { CoreRequest, CoreResponse } from '../base/http.js';
import { utf8Bytes } from '../base/text.js';
import { refuse } from '../rest/refuse.js';
import type { CutOptions, FaultControls, RequestFilter } from './fault-controls.js';

/** Where the connection of a request ends, if its body is longer than that. */
export interface RequestCut {
  readonly afterBytes: number;
  readonly noticedAfterMs: number;
  /** Marks the cut as done. */
  use(): void;
}

/** Faults of requests and answers. */
export interface RequestFaults {
  readonly controls: Pick<FaultControls, 'slow' | 'fail' | 'cutRequest' | 'cutAnswer' | 'loseAnswer'>;
  /** While true, connections end without an answer. */
  refusing: boolean;
  delayMs(): number;
  /** What a request gets instead of its answer: `undefined` for no fault, `null` for a connection that ends. */
  answerTo(request: CoreRequest): CoreResponse | null | undefined;
  /** Where to cut the body of a request. `head` is the request without its body. */
  cutOf(head: CoreRequest): RequestCut | undefined;
  /** The answer as far as it arrives; `null` if it is lost. */
  cutAnswerTo(request: CoreRequest, response: CoreResponse): CoreResponse | null;
  clear(): void;
}

const affects = ({ method, path }: RequestFilter, request: CoreRequest): boolean =>
  (method ?? request.method) === request.method && (path?.test(request.target) ?? true);

export function createRequestFaults(): RequestFaults {
  let delay = 0;
  let failing: { status: number; left: number } | undefined;
  const requestCuts = new Set<CutOptions & { readonly afterBytes: number }>();
  /** Below 0 bytes the answer is lost. */
  const answerCuts = new Set<RequestFilter & { readonly afterBytes: number }>();

  const faults: RequestFaults = {
    refusing: false,
    delayMs: () => delay,
    answerTo() {
      if (faults.refusing) return null;
      if (!failing || failing.left <= 0) return undefined;
      failing.left--;
      return failing.status === 429 ? limited() : refuse(new AppError(failing.status, 'embedded.fault', faultMessage));
    },
    cutOf(head) {
      const cut = [...requestCuts].find((one) => affects(one, head));
      if (!cut) return undefined;
      const { afterBytes, noticedAfterMs = 0 } = cut;
      return { afterBytes, noticedAfterMs, use: () => void requestCuts.delete(cut) };
    },
    cutAnswerTo(request, response) {
      const { length } = typeof response.body === 'string' ? utf8Bytes(response.body) : response.body;
      const cut = [...answerCuts].find((one) => affects(one, request) && length > one.afterBytes);
      if (!cut) return response;
      answerCuts.delete(cut);
      return cut.afterBytes < 0 ? null : { ...response, cutAfter: cut.afterBytes };
    },
    clear() {
      faults.refusing = false;
      delay = 0;
      failing = undefined;
      requestCuts.clear();
      answerCuts.clear();
    },
    controls: {
      slow: (ms) => void (delay = ms),
      fail: (status, times = 1) => void (failing = { status, left: times }),
      cutRequest: (afterBytes, which = {}) => void requestCuts.add({ ...which, afterBytes }),
      cutAnswer: (afterBytes, which = {}) => void answerCuts.add({ ...which, afterBytes: Math.max(0, afterBytes) }),
      loseAnswer: (which = {}) => void answerCuts.add({ ...which, afterBytes: -1 }),
    },
  };
  return faults;
}

const faultMessage = 'This fault was caused on purpose.';

const limited = (): CoreResponse => ({
  status: 429,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '1' },
  body: 'limit exceeded\n',
});
