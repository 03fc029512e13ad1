/** Options of docker, podman and nerdctl before and behind the subcommands that name images. */
export interface Options {
  /** Without `--`; they take no value but by `=`. */
  readonly flags: ReadonlySet<string>;
  readonly withValue: ReadonlySet<string>;
  readonly shortFlags: string;
  readonly shortWithValue: string;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

// docs.docker.com/reference/cli/docker; docs.podman.io (podman, podman-pull, podman-run, podman-create);
// github.com/containerd/nerdctl, docs/command-reference.md.
export const globalOptions: Options = {
  flags: words(
    'debug debug-full experimental help insecure-registry kube-hide-dupe noout remote selinux-enabled ' +
      'syslog tls tlsverify trace transient-store version',
  ),
  withValue: words(
    'address bridge-ip cdi-spec-dir cdi-spec-dirs cgroup-manager cni-config-dir cni-netconfpath cni-path ' +
      'config conmon connection containerd-namespace context cpu-profile data-root default-mounts-file ' +
      'events-backend global-dns global-dns-opts global-dns-search hooks-dir host host-gateway-ip hosts-dir ' +
      'identity imagestore log-level memory-profile module namespace network-backend network-cmd-path ' +
      'network-config-dir out pull-option registries-conf root runroot runtime runtime-flag snapshotter ssh ' +
      'storage-driver storage-opt tls-ca tls-cert tls-details tls-key tlscacert tlscert tlskey tmpdir url ' +
      'userns-remap volumepath',
  ),
  shortFlags: 'Dr',
  shortWithValue: 'Hacln',
};

export const pullOptions: Options = {
  flags: words('all-platforms all-tags disable-content-trust quiet tls-verify'),
  withValue: words(
    'arch authfile cert-dir cosign-certificate-identity cosign-certificate-identity-regexp ' +
      'cosign-certificate-oidc-issuer cosign-certificate-oidc-issuer-regexp cosign-key creds decryption-key ' +
      'ipfs-address os override-arch override-os override-variant platform policy retry retry-delay ' +
      'signature-policy soci-index-digest unpack variant verify',
  ),
  shortFlags: 'aq',
  shortWithValue: '',
};

export const runOptions: Options = {
  flags: words(
    'detach disable-content-trust env-host http-proxy init interactive no-healthcheck no-hostname ' +
      'no-hosts oom-kill-disable passwd privileged publish-all quiet read-only read-only-tmpfs replace rm ' +
      'rmi rootfs sig-proxy tls-verify tty unsetenv-all use-api-socket',
  ),
  withValue: words(
    'add-host annotation arch attach authfile blkio-weight blkio-weight-device cap-add cap-drop cert-dir ' +
      'cgroup-conf cgroup-parent cgroupns cgroups chrootdirs cidfile conmon-pidfile ' +
      'cosign-certificate-identity cosign-certificate-identity-regexp cosign-certificate-oidc-issuer ' +
      'cosign-certificate-oidc-issuer-regexp cosign-key cpu-count cpu-percent cpu-period cpu-quota ' +
      'cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems creds decryption-key ' +
      'detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps ' +
      'device-write-iops dns dns-opt dns-option dns-search domainname entrypoint env env-file env-merge ' +
      'expose gidmap gpus group-add group-entry health-cmd health-interval health-log-destination ' +
      'health-max-log-count health-max-log-size health-on-failure health-retries health-start-interval ' +
      'health-start-period health-startup-cmd health-startup-interval health-startup-retries ' +
      'health-startup-success health-startup-timeout health-timeout healthcheck-command ' +
      'healthcheck-interval healthcheck-retries healthcheck-start-period healthcheck-timeout hostname ' +
      'hosts-file hostuser image-volume init-binary init-ctr init-path io-maxbandwidth io-maxiops ip ip6 ' +
      'ipc ipfs-address isolation kernel-memory label label-file link link-local-ip log-driver log-opt ' +
      'mac-address memory memory-reservation memory-swap memory-swappiness mount name net net-alias network ' +
      'network-alias oom-score-adj os override-arch override-os override-variant passwd-entry personality ' +
      'pid pidfile pids-limit platform pod pod-id-file preserve-fd preserve-fds publish pull rdt-class ' +
      'requires restart retry retry-delay runtime sdnotify seccomp-policy secret security-opt shm-size ' +
      'shm-size-systemd signature-policy stop-signal stop-timeout storage-opt subgidname subuidname sysctl ' +
      'systemd timeout tmpfs tz uidmap ulimit umask unsetenv user userns uts variant verify volume ' +
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
    // `-d=false`.
    if (letter === '=' && at > 1) return 1;
    if (options.shortWithValue.includes(letter)) return at + 1 < word.length ? 1 : 2;
    if (!options.shortFlags.includes(letter)) return undefined;
  }
  return 1;
}

/** The first word from `at` on that is no option; undefined if there is none, or an option is not known. */
export function skipOptions(list: readonly string[], at: number, options: Options): number | undefined {
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
