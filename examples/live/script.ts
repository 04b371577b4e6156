/** What the simulated people talk about. */
export const remarks: readonly string[] = [
  'Morning! The build is green, I checked twice.',
  'Has anybody seen the numbers of last night?',
  'I am moving the release to Thursday, tell me if that hurts.',
  'Coffee machine is alive again ☕',
  'Who is on call this weekend?',
  'The new index brought the search down to 40 ms.',
  'Could someone look at the flaky upload test with me?',
  'Lunch at twelve, the place with the dumplings 🥟',
  'I wrote the notes of the meeting down in the wiki.',
  'Customer says thanks, the fix works for them.',
  'Deploying to staging now, two minutes.',
  'Staging is up. Looks good from here.',
  'Does the retry really stop after thirty seconds?',
  'I found it: the clock of that machine is off by an hour.',
  'Please keep the headphones near the meeting room.',
  'That query needs an index, I will add one.',
];

export const answers: readonly string[] = [
  'On it.',
  'Yes, saw it a minute ago.',
  'Works for me.',
  'Give me ten minutes.',
  'Not me, ask the night shift.',
  'Nice one!',
  'Can we do that tomorrow?',
  'Done.',
];

export const emojis: readonly string[] = ['tada', '+1', 'heart', 'eyes', 'rocket', 'smile'];
