/** Options of docker, podman and nerdctl before and behind the subcommands that name images. */
interface Options {
  /** Without `--`; they take no value but by `=`. */
  readonly flags: ReadonlySet<string>;
  readonly withValue: ReadonlySet<string>;
  readonly shortFlags: string;
  readonly shortWithValue: string;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

// docs.docker.com/reference/cli/docker; docs.podman.io (podman, podman-pull, podman-run, podman-create);
// github.com/containerd/nerdctl, docs/command-reference.md.
const globalOptions: Options = {
  flags: words('debug debug-full experimental insecure-registry noout remote syslog tls tlsverify transient-store'),
  withValue: words(
    'address bridge-ip cgroup-manager cni-netconfpath cni-path config conmon connection containerd-namespace context data-root events-backend host ' +
      'host-gateway-ip hooks-dir hosts-dir identity imagestore log-level module namespace network-cmd-path network-config-dir out ' +
      'root runroot runtime runtime-flag snapshotter ssh storage-driver storage-opt tlscacert tlscert tlskey tmpdir url volumepath',
  ),
  shortFlags: 'Dr',
  shortWithValue: 'Hacln',
};

const pullOptions: Options = {
  flags: words('all-tags disable-content-trust quiet tls-verify'),
  withValue: words(
    'arch authfile cert-dir cosign-certificate-identity cosign-certificate-oidc-issuer cosign-key creds decryption-key ' +
      'ipfs-address notation-key-name os platform policy retry retry-delay signature-policy soci-index-digest unpack variant verify',
  ),
  shortFlags: 'aq',
  shortWithValue: '',
};

const runOptions: Options = {
  flags: words(
    'detach disable-content-trust env-host http-proxy init interactive no-healthcheck no-hostname no-hosts oom-kill-disable passwd ' +
      'privileged publish-all quiet read-only read-only-tmpfs replace rm rmi rootfs sig-proxy tls-verify tty unsetenv-all use-api-socket',
  ),
  withValue: words(
    'add-host annotation arch attach authfile blkio-weight blkio-weight-device cap-add cap-drop cert-dir cgroup-conf cgroup-parent ' +
      'cgroupns cgroups chrootdirs cidfile conmon-pidfile cosign-key cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period ' +
      'cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems creds decryption-key detach-keys device device-cgroup-rule ' +
      'device-read-bps device-read-iops device-write-bps device-write-iops dns dns-opt dns-option dns-search domainname entrypoint env ' +
      'env-file env-merge expose gidmap gpus group-add group-entry health-cmd health-interval health-log-destination ' +
      'health-max-log-count health-max-log-size health-on-failure health-retries health-start-interval health-start-period ' +
      'health-startup-cmd health-startup-interval health-startup-retries health-startup-success health-startup-timeout health-timeout ' +
      'hooks-dir hostname hosts-file hostuser image-volume init-ctr init-path io-maxbandwidth io-maxiops ip ip6 ipc ipfs-address ' +
      'isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory memory-reservation ' +
      'memory-swap memory-swappiness mount name net net-alias network network-alias oom-score-adj os passwd-entry personality pid ' +
      'pidfile pids-limit platform pod pod-id-file preserve-fd preserve-fds publish pull rdt-class requires restart retry retry-delay ' +
      'rlimits runtime sdnotify seccomp-policy secret security-opt shm-size shm-size-systemd stop-signal stop-timeout storage-opt ' +
      'subgidname subuidname sysctl systemd timeout tmpfs tz uidmap ulimit umask unsetenv user userns uts variant verify volume ' +
      'volume-driver volumes-from workdir',
  ),
  shortFlags: 'Pdiqt',
  shortWithValue: 'acehlmpuvw',
};

/** How many words an option takes; 0: it is no option; undefined: nobody knows. */
function optionLength(word: string, options: Options): 0 | 1 | 2 | undefined {
  if (!word.startsWith('-') || word === '-') return 0;
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    if (equals >= 0) return 1;
    if (options.flags.has(name)) return 1;
    return options.withValue.has(name) ? 2 : undefined;
  }
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    if (options.shortWithValue.includes(letter)) return at + 1 < word.length ? 1 : 2;
    if (!options.shortFlags.includes(letter)) return undefined;
  }
  return 1;
}

/** The first word from `at` on that is no option; undefined if there is none, or an option is not known. */
function skipOptions(list: readonly string[], at: number, options: Options): number | undefined {
  while (at < list.length) {
    const word = list[at] ?? '';
    if (word === '--') return at + 1;
    const length = optionLength(word, options);
    if (length === 0) return at;
    if (length === undefined) return undefined;
    at += length;
  }
  return undefined;
}

/**
 * Which words of a command name images, by their index. `list`: the words as they are written, without quotes around them, from the
 * name of the client on. Of `run` and `create` it is the first word that is no option, of `pull` all. None if an option is not known:
 * what follows may be its value.
 */
export function imageOperands(list: readonly string[]): readonly number[] {
  let at = skipOptions(list, 1, globalOptions);
  if (at === undefined) return [];
  const group = list[at];
  if (group === 'image' || group === 'container') at++;
  const verb = list[at];
  if (verb === 'pull' && group !== 'container') {
    const first = skipOptions(list, at + 1, pullOptions);
    if (first === undefined) return [];
    const rest = list.slice(first).findIndex((word) => word.startsWith('-'));
    const end = rest < 0 ? list.length : first + rest;
    return Array.from({ length: end - first }, (_, index) => first + index);
  }
  if ((verb !== 'run' && verb !== 'create') || group === 'image') return [];
  const image = skipOptions(list, at + 1, runOptions);
  return image === undefined ? [] : [image];
}

/** A word, or what follows `offset` characters of it. */
export interface MadeName {
  readonly index: number;
  readonly offset: number;
}

const buildGroups = new Set(['image', 'buildx', 'builder']);

/**
 * Which words of a command name images that it makes or pushes, as `list` of `imageOperands`: `build -t`, `tag`, `push`. What an option
 * has as its value may be among those of `push`; none if an option before the verb is not known.
 */
export function madeNames(list: readonly string[]): readonly MadeName[] {
  let at = skipOptions(list, 1, globalOptions);
  if (at === undefined) return [];
  const group = list[at] ?? '';
  if (buildGroups.has(group)) at++;
  const verb = list[at];
  const first = at + 1;
  if (verb === 'build') return tagsOf(list, first);
  if ((verb !== 'tag' && verb !== 'push') || (group !== verb && group !== 'image')) return [];
  const operands: MadeName[] = [];
  for (let index = first; index < list.length; index++) {
    if (!list[index]?.startsWith('-')) operands.push({ index, offset: 0 });
  }
  return verb === 'tag' ? operands.slice(1) : operands;
}

/** The values of `--tag x`, `--tag=x`, `-t x`, `-tx` and `-qt x`. */
function tagsOf(list: readonly string[], first: number): MadeName[] {
  const names: MadeName[] = [];
  for (let index = first; index < list.length; index++) {
    const option = /^(?:--tag(?:=|$)|-q?t=?)/.exec(list[index] ?? '')?.[0];
    if (option === undefined) continue;
    if (option.length < (list[index]?.length ?? 0)) names.push({ index, offset: option.length });
    else if (++index < list.length) names.push({ index, offset: 0 });
  }
  return names;
}

/** The words before a command that run it with other rights, variables, or conditions. */
const prefixes: Readonly<Record<string, { readonly withValue: string; readonly operands?: number }>> = {
  sudo: { withValue: 'CDRTUghprtu' },
  doas: { withValue: 'Cu' },
  env: { withValue: 'CSu' },
  timeout: { withValue: 'ks', operands: 1 },
  nice: { withValue: 'n' },
  exec: { withValue: 'a' },
  time: { withValue: 'fo' },
  command: { withValue: '' },
  nohup: { withValue: '' },
  builtin: { withValue: '' },
  if: { withValue: '' },
  then: { withValue: '' },
  elif: { withValue: '' },
  else: { withValue: '' },
  while: { withValue: '' },
  until: { withValue: '' },
  do: { withValue: '' },
  '!': { withValue: '' },
  '{': { withValue: '' },
};

const clientName = /(?:^|[\\/])(?:docker|podman|nerdctl)(?:\.exe)?$/;
const assignment = /^[A-Za-z_]\w*\+?=/;

/** The index of `docker`, `podman` or `nerdctl` if that is what a command runs. */
export function clientAt(list: readonly string[]): number | undefined {
  for (let at = 0; at < list.length;) {
    const word = list[at] ?? '';
    if (clientName.test(word)) return at;
    if (assignment.test(word)) {
      at++;
      continue;
    }
    const prefix = Object.hasOwn(prefixes, word) ? prefixes[word] : undefined;
    if (!prefix) return undefined;
    at++;
    while (list[at]?.startsWith('-')) {
      const option = list[at] ?? '';
      at += option.length === 2 && prefix.withValue.includes(option[1] ?? ' ') ? 2 : 1;
    }
    at += prefix.operands ?? 0;
  }
  return undefined;
}
