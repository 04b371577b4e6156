import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMentions } from '../../../src/models/mentions/find-mentions.js';
import { keywordsOf, textsOf } from '../../../src/models/mentions/keywords.js';

const keywords = ['@claw', '@channel', '@all', '@here', 'key', 'Anna', '番茄', 'größe'];
const found = (...texts: readonly string[]): string =>
  [...findMentions(texts, new Set(keywords)).keywords].sort().join();
const namesIn = (text: string): readonly string[] => findMentions([text], new Set(keywords)).names;

// What the parser of server 11.6 says of these texts and keywords.
describe('findMentions', () => {
  it.each([
    ['a name', 'ahoy @claw', '@claw'],
    ['a name in any case', '@CLaw', '@claw'],
    ['a name in brackets', '(@claw)', '@claw'],
    ['a name with a possessive', "@claw's", '@claw'],
    ['a name at the end of a sentence', '@claw.', '@claw'],
    ['a name before dots, dashes, colons and underscores', '@claw.-:_', '@claw'],
    ['a name in emphasis', '_@claw_ and **@claw**', '@claw'],
    ['a name after an underscore', '__@claw', '@claw'],
    ['a name after a dot', 'so.@claw', '@claw'],
    ['a name after a dash', 'so-@claw', '@claw'],
    ['a name after a colon', 'cc:@claw', '@claw'],
    ['a name after another name and a dot', '@bob.@claw', ''],
    ['a longer name', '@clawed @claw2 @claw.d @claw_d', ''],
    ['a name after two signs', '@@claw', ''],
    ['a name after a letter', 'x@claw', ''],
    ['a name before letters of another script', '@claw你好', ''],
    ['a name before an emoji', '@claw😀', '@claw'],
    ['a name as a word', 'claw', ''],
    ['e-mail addresses', '@claw@example.com me@claw', ''],
    ['the parts of an e-mail address', 'me@example.key', 'key'],
    ['everybody', '@channel @ALL: @Here!', '@all,@channel,@here'],
    ['a keyword', 'the Key, please', 'key'],
    ['a keyword with a sign', '@key', ''],
    ['a keyword among dots', 'a.key-b', 'key'],
    ['a keyword in a word', 'keyboard', ''],
    ['a keyword and an underscore', 'my_key', ''],
    ['a first name', 'dear Anna,', 'Anna'],
    ['a first name in another case', 'dear anna, ANNA', ''],
    ['a keyword within a word of another script', '我爱吃番茄炒饭', '番茄'],
    ['a keyword beyond ASCII in any case', 'GRÖSSE Größe', 'größe'],
    ['a keyword beyond ASCII within a word, in its case only', 'Schuhgröße', 'größe'],
    ['a keyword beyond ASCII within a word with capitals', 'SchuhGröße', ''],
    ['what looks like an emoji', ':key: :key:x', 'key'],
    ['an emoji', ':key: :@claw:', ''],
    ['an emoji with a dot', ':key:.', ''],
  ])('finds %s: %j', (_, text, expected) => expect(found(text)).toBe(expected));

  it.each([
    ['a code span', 'see `@claw`', ''],
    ['a code span over lines', '`a\n@claw`', ''],
    ['a code span of two backticks', '`` ` @claw ``', ''],
    ['an open code span', '`@claw', '@claw'],
    ['backticks of other numbers', '``@claw`', '@claw'],
    ['a block of code', '```\n@claw\n```', ''],
    ['a block of code with a language', 'x\n```js\n@claw\n```\nkey', 'key'],
    ['a block of tildes', '~~~\n@claw\n```\n~~~', ''],
    ['a block of code without an end', '```\n@claw', ''],
    ['a block of code after its end', '```\n```\n@claw', '@claw'],
    ['a longer fence', '````\n```\n@claw', ''],
    ['an indented block', 'so:\n\n    @claw', ''],
    ['a block indented by a tab', '\t@claw', ''],
    ['an indented line of a paragraph', 'so:\n    @claw', '@claw'],
    ['a quote', '> @claw', '@claw'],
    ['code in a quote', '> ```\n> @claw\n\nkey', 'key'],
    ['the lazy line of a quote', '> so\n@claw', '@claw'],
    ['an item', '- @claw', '@claw'],
    ['a paragraph of an item', '- so\n\n  @claw', '@claw'],
    ['code in an item', '- so\n\n      @claw\n', ''],
    ['code in a numbered item', '1.     @claw', ''],
    ['fenced code in an item', '- ```\n  @claw\n  ```\n- key', 'key'],
    ['a heading', '# @claw', '@claw'],
    ['a table', '| @claw |', '@claw'],
  ])('reads %s: %j', (_, text, expected) => expect(found(text)).toBe(expected));

  it.each([
    ['an address', 'http://x.example/@claw', ''],
    ['an address in capitals', 'HTTPS://x.example/key', ''],
    ['an address without a scheme', 'www.example.com/@claw', ''],
    ['a scheme that makes no link', 'git://x.example/@claw', '@claw'],
    ['a scheme without slashes', 'mailto:@claw', '@claw'],
    ['a host with an underscore', 'http://x_y.example/@claw', '@claw'],
    ['what follows an address', 'http://x.example @claw', '@claw'],
    ['a bracket after an address', '(http://x.example/a)@claw', ''],
    ['an address in angles', '<http://x.example/key>@claw', '@claw'],
    ['an address after an open bracket', '[ http://x.example/@claw', '@claw'],
    ['the text of a link', '[@channel](http://x.example)', '@channel'],
    ['the destination of a link', '[x](@claw)', ''],
    ['the title of a link', '[x](y "@claw")', ''],
    ['the text of an image', '![key](@claw =10x20 "Anna")', 'key'],
    ['brackets that are no link', '[@claw] (x)', '@claw'],
    ['a broken link', '[x](y @claw)', '@claw'],
    ['a definition', '[x]: @claw "key"', ''],
    ['a link by a label', '[Anna][ X ]\n\n[x]: @claw', 'Anna'],
    ['a label that is not defined', '[Anna][@claw]', '@claw,Anna'],
    ['an escaped sign', String.raw`me\@claw`, '@claw'],
    ['an escaped backtick', '\\`@claw\\`', '@claw'],
    ['a character by its number', 'key&#64; &#107;ey', ''],
    ['a character by its name', '&lt;@claw&amp;', '@claw'],
    // The parts of a link's text are read one by one, and `w` begins one.
    ['a name with a w in the text of a link', '[@claw](http://x.example)', ''],
  ])('reads %s: %j', (_, text, expected) => expect(found(text)).toBe(expected));

  it('gives the names that are no keyword, as they are written', () => {
    expect(namesIn('@Bob. a-@carol @claw @ @here `@dave` me@x.org')).toEqual(['Bob', 'carol']);
  });

  it.each(['> ', '- ', '[', '![', '`', '](', '[x](', '&', '.', ':', 'w', '\n', '\\', '<', ')'])(
    'reads thousands of %j in good time',
    (piece) => expect(found(`${piece.repeat(4_000)} @claw`)).toMatch(/^(@claw)?$/),
  );

  it('does not read a text that is longer than the server reads', () => {
    expect(found(', '.repeat(65_000) + '@claw')).toBe('@claw');
    expect(found(', '.repeat(66_000) + '@claw', '@all')).toBe('@all');
  });

  it('reads all texts, and a word ends with its text', () => {
    expect(found('so @claw', 'and Anna')).toBe('@claw,Anna');
    expect(found('@cla', 'w')).toBe('');
  });
});

describe('findMentions on any text', () => {
  const piece = fc.constantFrom(
    '@claw',
    'key',
    'Anna',
    '`',
    '```',
    '\n',
    '    ',
    '> ',
    '- ',
    '[',
    '](',
    ')',
    ':',
    '\\',
    '&',
    'x',
    ' ',
  );
  const text = fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 }))).map((pieces) => pieces.join(''));
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '你', ' ', ',', '(', ')', '.') });

  it('finds only what it looks for', () =>
    fc.assert(
      fc.property(text, (any) => {
        const { keywords: some } = findMentions([any], new Set(keywords));
        expect(keywords).toEqual(expect.arrayContaining([...some]));
      }),
    ));

  it('finds a name between spaces, whatever plain text is around it', () =>
    fc.assert(
      fc.property(plain, plain, (before, after) => {
        expect(found(`x${before} @claw ${after}`)).toBe('@claw');
      }),
    ));

  it('finds nothing in code', () =>
    fc.assert(
      fc.property(text, (any) => {
        expect(found(`x \`${any.replaceAll(/[`\n\r]/g, '')} \``)).toBe('');
      }),
    ));

  it('finds nothing in a block of code', () =>
    fc.assert(
      fc.property(text, (any) => {
        expect(found(`\`\`\`\n${any.replaceAll('`', '')}\n\`\`\``)).toBe('');
      }),
    ));

  it('finds nothing in an address', () =>
    fc.assert(
      fc.property(text, (any) => {
        expect(found(`https://x.example/${any.replaceAll(/[\s<>]/g, '')}x`)).toBe('');
      }),
    ));

  it('finds in a quote what it finds without it', () =>
    fc.assert(
      fc.property(plain, (any) => {
        expect(found(`> x${any} @claw key`)).toBe(found(`x${any} @claw key`));
      }),
    ));
});

describe('keywordsOf', () => {
  it('gives the name, and the words of the settings', () => {
    expect(keywordsOf({ username: 'Claw' })).toEqual(['@claw']);
    const notify_props = { mention_keys: ' Key,, 番茄 ,@Claw', first_name: 'true' };
    expect(keywordsOf({ username: 'claw', first_name: 'Anna', notify_props })).toEqual([
      '@claw',
      'key',
      '番茄',
      '@claw',
      'Anna',
    ]);
  });

  it('gives the first name only where it is switched on', () => {
    expect(keywordsOf({ username: 'claw', first_name: 'Anna', notify_props: {} })).toEqual(['@claw']);
    expect(keywordsOf({ username: 'claw', first_name: '', notify_props: { first_name: 'true' } })).toEqual(['@claw']);
  });
});

describe('textsOf', () => {
  it('gives the message and the texts of attachments', () => {
    const attachments = [
      { pretext: 'b', text: 'c', title: 'no', fields: [{ title: 'no', value: 'd' }, { value: 7 }, null] },
      { text: '', fields: null },
      'no',
    ];
    expect(textsOf({ message: 'a', props: { attachments } })).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not fail on what is not as it should be', () => {
    expect(textsOf({})).toEqual([]);
    expect(textsOf({ message: 7, props: { attachments: 'none' } })).toEqual([]);
  });
});
