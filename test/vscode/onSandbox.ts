import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { proxyEnvironment } from '../sandbox/src/trust.ts';
import type { SandboxInfo } from '../sandbox/src/types.ts';
import { dockerHostIn, startDockerEngine } from '../tools/dockerEngine.ts';
import { startServer, type VsCodeServer, type VsCodeServerOptions } from './server.ts';

const accountExtension = join(import.meta.dirname, '..', 'sandbox', 'src', 'account');

export interface OnSandboxOptions extends VsCodeServerOptions {
  readonly sandbox: SandboxInfo;
  /** Whether the sandbox's user is signed in from the start. Else VS Code asks for consent at sign-in. */
  readonly signedIn?: boolean;
  /** Starts a docker engine beside it, where one can run. */
  readonly dockerEngine?: boolean;
}

/** Starts VS Code with the sandbox as its custom cloud, the sandbox's account, and container clients kept to `dataFolder`. */
export async function startServerOnSandbox(options: OnSandboxOptions): Promise<VsCodeServer> {
  const onSandbox = sandboxEnvironment(options.sandbox, options.signedIn ?? false);
  const containers = join(options.dataFolder, 'containers');
  const engine = options.dockerEngine ? await startDockerEngine(containers, onSandbox) : undefined;
  if (typeof engine === 'string') console.log(engine);
  const stopEngine = async (): Promise<void> => {
    if (typeof engine === 'object') await engine.stop();
  };
  try {
    const server = await startServer({
      ...options,
      extensions: [accountExtension, ...(options.extensions ?? [])],
      settings: { ...sandboxSettings(options.sandbox), ...options.settings },
      environment: { ...onSandbox, ...containerEnvironment(containers), ...options.environment },
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await stopEngine();
    };
    return { ...server, stop };
  } catch (error) {
    await stopEngine();
    throw error;
  }
}

/** User settings that make the sandbox the cloud: those of VS Code's own Microsoft account extension. */
export function sandboxSettings(sandbox: SandboxInfo): Record<string, unknown> {
  return {
    'microsoft-sovereign-cloud.environment': 'custom',
    'microsoft-sovereign-cloud.customEnvironment': {
      name: 'Sandbox',
      portalUrl: sandbox.portal,
      managementEndpointUrl: sandbox.arm,
      resourceManagerEndpointUrl: sandbox.arm,
      activeDirectoryEndpointUrl: sandbox.login,
      activeDirectoryResourceId: sandbox.arm,
    },
  };
}

/** Environment of the extension host and its terminals: the sandbox's proxy and CA, and what its account extension reads. */
export function sandboxEnvironment(sandbox: SandboxInfo, signedIn: boolean): Record<string, string> {
  return {
    ...proxyEnvironment(sandbox),
    NODE_EXTRA_CA_CERTS: sandbox.ca,
    // Go programs: podman, skopeo, docker.
    SSL_CERT_FILE: sandbox.ca,
    SANDBOX_CONTROL: sandbox.control,
    SANDBOX_SIGNED_IN: signedIn ? '1' : '0',
  };
}

/** Lets podman, skopeo and docker keep logins and images in a folder that is thrown away, not among the user's own, and reach no other engine. */
function containerEnvironment(containers: string): Record<string, string> {
  mkdirSync(containers, { recursive: true });
  const storage = join(containers, 'storage.conf');
  const quoted = (name: string): string => JSON.stringify(join(containers, name));
  writeFileSync(storage, `[storage]\ndriver = "vfs"\ngraphroot = ${quoted('graph')}\nrunroot = ${quoted('run')}\n`);
  return {
    STORAGE_DRIVER: 'vfs',
    CONTAINERS_STORAGE_CONF: storage,
    REGISTRY_AUTH_FILE: join(containers, 'auth.json'),
    DOCKER_CONFIG: join(containers, 'docker'),
    DOCKER_HOST: dockerHostIn(containers),
  };
}
