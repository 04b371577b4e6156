import { Subject, type Observable } from 'rxjs';
import type { Diagnostic, Report } from './state.js';

/** Counts what is reported. */
export interface Diagnostics {
  /** See `Connection.diagnostics$`. */
  readonly diagnostics$: Observable<Diagnostic>;
  readonly report: Report;
  complete(): void;
}

/** Makes diagnostics that have counted nothing. */
export function createDiagnostics(): Diagnostics {
  const counts = new Map<Diagnostic['type'], number>();
  const diagnostics = new Subject<Diagnostic>();
  return {
    diagnostics$: diagnostics.asObservable(),
    report(type, detail) {
      const count = (counts.get(type) ?? 0) + 1;
      counts.set(type, count);
      diagnostics.next({ type, count, ...(detail && { detail }) });
    },
    complete: () => diagnostics.complete(),
  };
}
