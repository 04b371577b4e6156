import type { Observer } from 'rxjs';
import { Scope } from './scope.js';
import type { HttpEvent, HttpRequest } from './types.js';

/** Where values go; what brings them ends with it. Every `Subscriber` is one. */
export type Receiver<T = HttpEvent> = Observer<T> & Pick<Scope, 'add' | 'closed'>;

/** Sends a request: as a handler does, but without an Observable between any two links of the pipeline, which would cost more than they do. */
export type Send = (request: HttpRequest, receiver: Receiver) => void;

/**
 * What passes the events of a request on, and ends with what it passes them to. An Observable takes it for a Subscriber, since it is both
 * observer and subscription. What it holds is let go of before its end is told, so that who is told can begin anew.
 */
export abstract class Link<T = HttpEvent> extends Scope implements Observer<HttpEvent> {
  /** Whoever extends it adds it to the destination, once it is ready to be ended at once. */
  constructor(protected readonly destination: Receiver<T>) {
    super();
  }

  abstract next(event: HttpEvent): void;

  error(error: unknown): void {
    if (this.closed) return;
    this.unsubscribe();
    this.destination.error(error);
  }

  complete(): void {
    if (this.closed) return;
    this.unsubscribe();
    this.destination.complete();
  }
}
