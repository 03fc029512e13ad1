import * as l10n from '@vscode/l10n';
import { parseImageReference } from '../../../../domain/imageReference.ts';
import { shown } from '../../../../common/shown.ts';
import type { Cause } from '../types.ts';
import { all, any } from './words.ts';

/** The machine that pulls: no registry was asked, or the image arrived. */
export const localCauses: readonly Cause[] = [
  {
    code: 'local',
    holds: any(
      /permission denied while trying to connect to the docker|\.sock["']?: (?:connect: )?permission denied/i,
      all(/\bdial unix\b/, /permission denied/i),
      all(/\bpipe\b/, /access is denied/i),
    ),
    reason: () => l10n.t("You lack permission to use this machine's container engine; no registry was contacted."),
    next: () => l10n.t('Run the command as a member of the group docker, or with sudo.'),
  },
  {
    code: 'local',
    holds: any(
      /cannot connect to the (?:docker|podman)|is the docker daemon running|docker daemon is not running|failed to connect to the docker API/i,
      /rootless containerd not running|docker desktop is (?:unable|not|starting)|unable to connect to podman|error during connect/i,
      /for API route and version|\/pipe\/(?:docker|podman)|DOCKER_(?:COMMAND|DAEMON)_ERROR/i,
      all(/\bdial unix\b|\.sock\b/, /no such file|connection refused|connection error/i),
    ),
    reason: () =>
      l10n.t('The container engine is not running on this machine, or cannot be reached; no registry was contacted.'),
    next: () => l10n.t('Start Docker, Podman or containerd, then pull again.'),
  },
  {
    code: 'local',
    holds:
      /(?<![\w./-])(?:docker|podman|nerdctl|skopeo|oras|helm|crictl)(?:\.exe)?["']?: (?:command )?not found|["'](?:docker|podman)["'] is not recognized|executable file not found in (?:\$PATH|%PATH%)["',]? (?:docker|podman)|exec: "(?:docker|podman)"/i,
    reason: () => l10n.t('The container client is not installed on this machine; no registry was contacted.'),
    next: () => l10n.t('Install it, or add it to the PATH, then pull again.'),
  },
  {
    code: 'local',
    holds: any(
      /error (?:getting|storing|saving) credentials|docker-credential-[\w-]{1,60}|credential helper|credsStore/i,
      all(/\b(?:auth|config)\.json\b/, /permission denied/i),
    ),
    reason: () => l10n.t('The sign-in stored on this machine could not be read or written.'),
    next: () =>
      l10n.t(
        "Check the credential helper in the client's configuration (credsStore), then sign in to the registry again.",
      ),
  },
  {
    code: 'local',
    holds: /no space left on device|not enough space on the disk|disk quota exceeded|insufficient disk space/i,
    reason: () => l10n.t('The disk of the machine that pulls is full.'),
    next: () => l10n.t('Remove unused images and containers, or enlarge the disk, then pull again.'),
  },
  {
    code: 'local',
    holds: any(
      /failed to register layer|insufficient UIDs or GIDs|\blchown\b/i,
      all(
        /\b(?:extract|unpack|mkdir|mount|open)/i,
        /permission denied|operation not permitted|invalid argument|read-only file system/i,
      ),
    ),
    reason: () => l10n.t('The image arrived, but this machine could not unpack it.'),
    next: () =>
      l10n.t(
        "See what the message says about the machine's file system or user namespace; the registry is not the cause.",
      ),
  },
  {
    code: 'local',
    holds: /ErrImageNeverPull|not present with pull policy of never/i,
    reason: () => l10n.t('The pull policy is Never, and the node does not have the image; no registry was contacted.'),
    next: () => l10n.t('Set imagePullPolicy to IfNotPresent or Always, or load the image onto the node.'),
  },
  {
    code: 'badReference',
    holds: /\bshort-name\b/i,
    reason: () =>
      l10n.t('The image name has no registry, and Podman does not know which one to use; no registry was contacted.'),
    next: () => l10n.t("Put the registry's login server before the name: registry/repository:tag."),
  },
  {
    code: 'badReference',
    holds:
      /invalid reference format|InvalidImageName|could(?:n't| not) parse (?:image )?(?:reference|name)|failed to parse (?:image )?(?:reference|name)|invalid (?:image )?(?:reference|repository name|tag format)|invalid image (?:name|reference)|repository name must be lower|must be lowercase|repository name \(\S{1,300}\) must|NAME_INVALID|TAG_INVALID|can only contain the characters|image name \S{1,300} is (?:invalid|not valid)/i,
    reason: ({ text }) => {
      const problem = problemOfReference(text);
      return problem === undefined
        ? l10n.t('The image name is not valid; no registry was contacted.')
        : l10n.t('The image name is not valid: {0}', problem);
    },
    next: () =>
      l10n.t(
        'Correct the name: registry/repository:tag, without a scheme such as https://, and with the repository in lowercase.',
      ),
  },
];

/** What is wrong with the first word that should be a reference and is none. */
function problemOfReference(text: string): string | undefined {
  for (const word of text.split(/[\s"'`()]+/)) {
    if (!/.[/:@]./.test(word)) continue;
    const parsed = parseImageReference(word);
    if (!parsed.ok) return parsed.problem.message;
  }
  return undefined;
}

/** Not a pull: other programs use the same words. */
export const otherCauses: readonly Cause[] = [
  {
    code: 'unknown',
    holds:
      /\b(?:readiness|liveness|startup) probe (?:failed|errored)|\b(?:Mount|Attach|Map)Volume\b|unable to attach or mount volumes|failed to set ?up network for sandbox/i,
    isVague: true,
    reason: () => l10n.t("A probe, a volume or the pod's network failed; this is not an image pull."),
    next: () => l10n.t('For the reason of a failed pull, look for a pod event that names the image.'),
  },
  {
    code: 'unknown',
    holds: /\bprocess "\/?[^"\n]{1,500}" did not complete successfully/i,
    isVague: true,
    reason: () => l10n.t('A command in the Dockerfile failed; this is not an image pull.'),
    next: () => l10n.t('See what the command printed before.'),
  },
  {
    code: 'unknown',
    holds:
      /\bnpm (?:ERR!|error)|Could not fetch URL|\bNU1301\b|^E: Failed to fetch|fatal: (?:unable to access|Authentication failed)/,
    isVague: true,
    reason: () => l10n.t('Another program failed to get its packages or sources; this is not an image pull.'),
    next: () => l10n.t("Check that program's settings and sign-in."),
  },
  {
    code: 'unknown',
    holds: /Error from server \(|You must be logged in to the server|" in API group "/i,
    reason: () => l10n.t('The Kubernetes API refused the command; no registry was contacted.'),
    next: () =>
      l10n.t(
        "Sign in to the cluster, or ask for permission there. For the reason of a failed pull, see the pod's events.",
      ),
  },
  {
    code: 'denied',
    holds:
      /does not have authorization to perform action '(?:[^'\n]{1,200})'|\(AuthorizationFailed\)|"AuthorizationFailed"/i,
    mayPass: true,
    // `az acr login` goes on to the admin user when the sign-in failed.
    isVague: true,
    reason: ({ text }) => {
      const action = /perform action '([^'\n]{1,200})'/i.exec(text)?.[1];
      return action === undefined
        ? l10n.t('Azure Resource Manager refused the command; this is not the pull itself.')
        : l10n.t('Azure Resource Manager refused {0}; this is not the pull itself.', shown(action));
    },
    next: () =>
      l10n.t('Ask for a role that allows this action on the resource. A new role assignment takes a few minutes.'),
  },
];
