import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayComplete } from '../../../../src/ui/editor/mayComplete.ts';

const hosts = ['myregistry.example', 'localhost:5000'];
const names = ['myregistry.example/team/app'];

/** `|` is the caret. */
const may = (written: string) => mayComplete(written.replace('|', ''), written.indexOf('|'), hosts, names);

test.each([
  'FROM |',
  'FROM my|',
  'FROM MyReg|',
  'FROM app|',
  'FROM localhost:50|',
  'ARG A=my|',
  'image: ${IMAGE:-my|',
  'FROM myregistry.example/|',
  'FROM myregistry.example/team/app:1|',
  'uses: docker://myregistry.example/t|',
  'registry: myregistry.example\nrepository: team/|',
])('%j: yes', (written) => {
  expect(may(written)).toBe(true);
});

test.each(['image:|', 'zzz|', 'hostname: web-frontend-zz|', 'path: /usr/bin|', 'https://example.invalid/|', 'bash|'])(
  '%j: no',
  (written) => {
    expect(may(written)).toBe(false);
  },
);

test('every beginning of what is offered is let through', () => {
  fc.assert(
    fc.property(fc.constantFrom(...hosts, ...names), fc.nat(), (name, seed) => {
      const beginning = name.slice(0, seed % (name.length + 1));
      expect(may(`FROM ${beginning}|`)).toBe(true);
    }),
  );
});
