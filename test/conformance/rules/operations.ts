import type { Chapter } from '../kit/rules.js';
import { accounts } from '../operations/accounts.js';
import { credentials } from '../operations/credentials.js';
import { usersOperations, type OperationRules, type UsersOperation } from '../operations/names.js';
import { profile } from '../operations/profile.js';
import { reading } from '../operations/reading.js';
import { sessions } from '../operations/sessions.js';

/** One rule for each operation; the type fails to hold as soon as one is missing. */
const rules: OperationRules<UsersOperation> = { ...reading, ...accounts, ...credentials, ...profile, ...sessions };

export const operations: Chapter = (rule) => {
  for (const operation of usersOperations) {
    const [title, check] = rules[operation];
    rule(`${operation} ${title}`, check);
  }
};
