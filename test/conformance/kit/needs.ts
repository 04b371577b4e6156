import type { OperationName } from '../../../src/api/generated/all-groups.js';
import type { Target } from './target.js';

/** Says that this server cannot show a rule, and why. The test is skipped with that reason. */
export class Unavailable extends Error {}

interface Facts {
  readonly target: Target;
  /** The settings that the server shows to a client that is logged in. */
  readonly config: Readonly<Record<string, string>>;
  readonly isAdmin: boolean;
  readonly licensed: boolean;
}

/** What a rule can ask of the server before it goes on. */
export interface Needs {
  /** Skips the test unless the condition holds. */
  need(condition: boolean, reason: string): void;
  /** Skips the test where the server does not carry out an operation, though its version has it. */
  needs(operation: OperationName): void;
  /** Skips the test unless the run's user is a system admin. */
  needAdmin(): void;
  /** Skips the test if the server has a licence, so that a refusal for want of one cannot be seen. */
  needUnlicensed(): void;
  /** Skips the test unless personal access tokens are enabled and the run's user may hand them out. */
  needTokens(): void;
}

export function createNeeds({ target, config, isAdmin, licensed }: Facts): Needs {
  const need: Needs['need'] = (condition, reason) => {
    if (!condition) throw new Unavailable(reason);
  };
  const needAdmin = (): void => need(isAdmin, `${target.loginId} is not a system admin`);
  return {
    need,
    needAdmin,
    needs: (operation) => need(!target.idle.includes(operation), `${target.name} does not carry out ${operation}`),
    needUnlicensed: () => need(!licensed, 'the server has a licence'),
    needTokens: () => {
      needAdmin();
      need(config['EnableUserAccessTokens'] === 'true', 'personal access tokens are disabled');
    },
  };
}
