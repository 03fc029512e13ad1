import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findReferences } from '../findings.ts';
import { findSound, renamedIn, summary } from '../found.ts';

const find = (text: string) => findSound({ path: 'README.md', text });

const written = (text: string) => find(text).map((reference) => reference.written);

const readme = `# Service

Run \`docker pull upstream.example/inline:1\`, or:

\`\`\`bash
docker run --rm \\
  upstream.example/a:1 sh
\`\`\`

1. First
   \`\`\`console
   $ docker pull upstream.example/b:2
   docker pull upstream.example/output:1
   $ docker run \\
   >   upstream.example/c:3
   Pulled
   \`\`\`
   > quoted
   > ~~~ {.sh linenos}
   > podman pull upstream.example/d:4
   > ~~~

Then:

    docker pull upstream.example/e:5

\`\`\`Dockerfile title="x"
FROM upstream.example/f:6 AS build
FROM build
\`\`\`

> \`\`\`yaml
> services:
>   web:
>     image: upstream.example/g:7 # why
> \`\`\`

\`\`\`powershell
PS C:\\> docker run \`
    upstream.example/j:1
PS C:\\> docker pull upstream.example/h:8
\`\`\`

\`\`\`python
docker pull upstream.example/no:2
\`\`\`
<details>

\`\`\`
docker pull upstream.example/i:9
\`\`\`

</details>
`;

describe('a Markdown text', () => {
  it('names images in code blocks, by their language', () => {
    expect(written(readme)).toEqual(
      ['a:1', 'b:2', 'c:3', 'd:4', 'e:5', 'f:6', 'g:7', 'j:1', 'h:8', 'i:9'].map((name) => `upstream.example/${name}`),
    );
    const after = renamedIn(readme, find(readme));
    expect(after).toContain('   >   downstream.example/cached/c:3\n');
    expect(after).toContain('>     image: downstream.example/cached/g:7 # why\n');
  });

  it('has the same places with other line breaks', () => {
    const text = readme.replaceAll('\n', '\r\n');
    expect(written(text)).toEqual(written(readme));
    expect(renamedIn(text, find(text))).toBe(renamedIn(readme, find(readme)).replaceAll('\n', '\r\n'));
  });

  it('knows the places behind tabs that are in part indentation', () => {
    expect(written('- a\n\n\t\tdocker pull u.example/a:1\n')).toEqual(['u.example/a:1']);
    expect(written(' \tdocker pull u.example/a:1\n')).toEqual(['u.example/a:1']);
  });

  it('is read in parts that mean what the whole means', () => {
    const part = fc.constantFrom(
      readme.slice(readme.indexOf('Run')),
      `~~~sh\n${'# docker\n'.repeat(3000)}docker pull u.example/fenced:1\n~~~\n`,
      `- a list\n\n  \`\`\`sh\n  docker pull u.example/open:1\n${'text\n'.repeat(3000)}`,
      `<pre>\n${'# docker\n'.repeat(3000)}    docker pull u.example/html:1\n</pre>\n`,
      `# ${'Heading '.repeat(2000)}\n`,
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        // With a heading before, each means the same by itself.
        const expected = parts.flatMap((one) => written(`# Heading\n\n${one}`));
        expect(written(parts.map((one) => `# Heading\n\n${one}\n`).join(''))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
    const typed = `${readme}\n\n# More\n\n`.repeat(60);
    const places = written(typed).length;
    for (const at of [10, 30_000, typed.length - 5])
      expect(written(`${typed.slice(0, at)}x${typed.slice(at)}`).length).toBeGreaterThan(places - 3);
  });

  it('does not name what another block makes, nor renames what one needs', () => {
    const filler = `${'Words.\n'.repeat(2000)}\n# Next\n\n`;
    const text = `\`\`\`sh
docker run app
docker pull upstream.example/a:1
docker pull upstream.example/b:1
\`\`\`

${filler}\`\`\`console
$ docker build -t app .
$ docker tag upstream.example/a:1 mirror.example/a:1
\`\`\`

\`\`\`dockerfile
FROM app
\`\`\`
`;
    expect(find(text).map(({ written, name }) => [written, name.kind])).toEqual([
      ['upstream.example/a:1', 'fixed'],
      ['upstream.example/b:1', 'whole'],
      ['app', 'whole'],
    ]);
  });

  it('takes # for a comment beside other prompts', () => {
    expect(written('```console\n$ ls\n# docker pull u.example/a:1\n```\n')).toEqual([]);
    expect(written('```console\n# docker pull u.example/a:1\nfrom somewhere\n```\n')).toEqual(['u.example/a:1']);
  });

  it('knows prompts where no language is named', () => {
    for (const prompt of ['C:\\> ', 'user@host:~$ ', '[root@host ~]# '])
      expect(written(`\`\`\`\n${prompt}docker pull u.example/a:1\n\`\`\`\n`)).toEqual(['u.example/a:1']);
  });

  it('takes the image of a virtual machine for none', () => {
    expect(written('```yaml\nmachine:\n  image: ubuntu-2204:2024.01.1\n```\n')).toEqual([]);
  });

  it('keeps the uses of a variable of one block', () => {
    expect(summary(find('```sh\nI=u.example/a:1\ndocker pull $I\n```\n```sh\ndocker pull $I\n```\n'))).toEqual([
      'u.example/a:1 = u.example/a:1, 1 uses',
    ]);
  });
});

describe('long Markdown', () => {
  const many = 100_000;
  it.each([
    ['quotes', `${'> '.repeat(many)}docker`],
    ['quoted lines', '> docker\n'.repeat(many)],
    ['lists', `${'- '.repeat(many)}docker`],
    ['list items', '- docker\n'.repeat(many)],
    ['fences', '```\ndocker pull a\n```\n'.repeat(many / 2)],
    ['an open fence', `\`\`\`\n${'docker pull a\n'.repeat(many)}`],
    ['indented code', '    docker pull a\n'.repeat(many)],
    ['definitions', '[docker]: x\n'.repeat(many)],
    ['tables', 'docker|\n-|\n'.repeat(many)],
    ['one line', `docker${'`'.repeat(1_900_000)}`],
    ['one paragraph', 'docker\n'.repeat(many)],
    ['html', '<div docker>\n'.repeat(many)],
    ['prompts', `\`\`\`\n${'$ docker \\\n'.repeat(many)}`],
  ])('ends with many of: %s', (_, text) => {
    expect(() => findReferences({ path: 'a.md', text: text.slice(0, 2_000_000) })).not.toThrow();
  });
});
