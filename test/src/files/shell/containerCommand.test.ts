import { describe, expect, it } from 'vitest';
import { imageOperands, isClient, programAt } from '../../../../src/files/shell/containerCommand.ts';
import { optionsOfClients } from '../fixtures/containerOptions.ts';

const split = (list: string) => list.split(' ').filter((word) => word !== '');

/** The words that a command names images with. */
function imagesIn(command: string): readonly (string | undefined)[] {
  const list = split(command);
  return imageOperands(list).map((index) => list[index]);
}

describe.each(optionsOfClients)(
  'the options of $client, $of',
  ({ client, of, flags, withValue, shortFlags, shortWithValue }) => {
    const verbs = of === 'global' ? ['pull'] : of === 'pull' ? ['pull', 'image pull'] : ['run', 'container create'];
    const commands = (options: string) =>
      verbs.map((verb) => (of === 'global' ? `${client} ${options} ${verb} a:1` : `${client} ${verb} ${options} a:1`));

    it.each(split(flags))('--%s has no value', (name) => {
      for (const command of commands(`--${name}`)) expect(imagesIn(command), command).toEqual(expected(name));
      for (const command of commands(`--${name}=false`)) expect(imagesIn(command), command).toContain('a:1');
    });

    it.each(split(withValue))('--%s has one', (name) => {
      for (const command of commands(`--${name} value`)) expect(imagesIn(command), command).toEqual(['a:1']);
      for (const command of commands(`--${name}=value`)) expect(imagesIn(command), command).toEqual(['a:1']);
    });

    it('has them by letter, too', () => {
      for (const letter of shortFlags)
        for (const command of commands(`-${letter}`)) expect(imagesIn(command)).toEqual(['a:1']);
      for (const letter of shortWithValue) {
        for (const option of [`-${letter} value`, `-${letter}value`]) {
          for (const command of commands(option)) expect(imagesIn(command), command).toEqual(['a:1']);
        }
      }
    });
  },
);

/** A container of a directory has no image. */
const expected = (flag: string): readonly string[] => (flag === 'rootfs' ? [] : ['a:1']);

it('stops at what nobody knows, unless its value belongs to it', () => {
  expect(imagesIn('docker run --new-option a:1')).toEqual([]);
  expect(imagesIn('docker run --new-option=a:1 b:1')).toEqual(['b:1']);
  expect(imagesIn('docker run -d=false -it=true -p=80:80 b:1')).toEqual(['b:1']);
});

it.each([
  'sudo -u ci docker pull a',
  'A=b env -u C D=e docker pull a',
  'time -p timeout -k 5 60 docker pull a',
  'nice -n 10 stdbuf -oL docker pull a',
  'flock -w 60 /tmp/lock docker pull a',
  'nohup /usr/bin/docker pull a',
])('finds the client behind what runs it: %s', (command) => {
  const list = split(command);
  expect(programAt(list)).toBe(list.length - 3);
});

it.each(['xargs docker pull', 'echo docker pull a', 'sudo --user ci docker pull a', 'which docker'])(
  'knows of no client in: %s',
  (command) => {
    const list = split(command);
    expect(isClient(list[programAt(list)] ?? '')).toBe(false);
  },
);
