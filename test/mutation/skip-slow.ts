import { beforeEach } from 'vitest';

/** These take seconds, run nearly all code of a call, and find hardly a mutant that no other test finds. */
const slow = /a thousand (calls|rounds)|wherever connections are cut/;

beforeEach(({ task, skip }) => {
  if (slow.test(task.name)) skip('too slow to repeat for each mutant');
});
