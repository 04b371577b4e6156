import type { Observer } from 'rxjs';
import type { Receiver } from './link.js';
import { Scope } from './scope.js';

/** One source for all who board it while it is under way; it ends when the last of them has left. Who is told of its values boards the next one. */
export class Flight<T> extends Scope implements Observer<T> {
  #riders: readonly Receiver<T>[] = [];
  readonly #land: () => void;

  /** @param land is called when nobody is to board any more: once, or again. */
  constructor(land: () => void) {
    super();
    this.#land = land;
  }

  board(rider: Receiver<T>): void {
    this.#riders = [...this.#riders, rider];
    rider.add(() => {
      this.#riders = this.#riders.filter((one) => one !== rider);
      if (this.#riders.length === 0) this.unsubscribe();
    });
  }

  next(value: T): void {
    this.#land();
    for (const rider of this.#riders) rider.next(value);
  }

  error(error: unknown): void {
    this.#land();
    for (const rider of this.#riders) rider.error(error);
  }

  complete(): void {
    this.#land();
    for (const rider of this.#riders) rider.complete();
  }

  override unsubscribe(): void {
    this.#land();
    super.unsubscribe();
  }
}
