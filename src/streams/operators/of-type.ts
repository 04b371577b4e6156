import { filter, type OperatorFunction } from 'rxjs';
import { isEvent, type EventName, type MattermostEvent } from '../../models/events.js';

/** Lets through events of the given names, and narrows their type. */
export const ofType = <N extends EventName>(
  ...names: readonly N[]
): OperatorFunction<MattermostEvent<string>, MattermostEvent<N>> =>
  filter((event): event is MattermostEvent<N> => isEvent(event, ...names));
