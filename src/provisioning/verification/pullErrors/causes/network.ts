import * as l10n from '@vscode/l10n';
import { shown } from '../../../../common/shown.ts';
import type { Cause } from '../types.ts';
import { all, any } from './words.ts';

const html =
  /<!doctype html|<html\b|<head\b|invalid character '<' looking for|unexpected token '?<|text\/html|error parsing HTTP (?:200|404) response body/i;
const layerStorage = /\.blob\.core\.|\.blob\.storage\.azure|\.data(?:\.privatelink)?\.azurecr\./i;

/** What stands between the machine and the registry, and lets nothing through. */
export const blockedCauses: readonly Cause[] = [
  {
    code: 'blockedByNetwork',
    holds: any(
      /is not allowed access\b|aka\.ms\/acr\/firewall|CONNECTIVITY_FORBIDDEN_ERROR/i,
      all(
        /\bclient with IP\b|\bpublic (?:network )?access\b|\bnetwork (?:security )?(?:perimeter|rules?)\b/i,
        /disabled|denied|blocked|not allow/i,
      ),
    ),
    reason: () => l10n.t("The registry's network rules do not allow this machine."),
    next: ({ text }) => {
      const address = /client with IP ["']?([0-9a-f.:]{3,45})/i.exec(text)?.[1];
      return address === undefined
        ? l10n.t(
            "Pull from an allowed network or through a private endpoint, or add this address to the registry's network rules.",
          )
        : l10n.t(
            "Pull from an allowed network or through a private endpoint, or add the address {0} to the registry's network rules.",
            address,
          );
    },
  },
  {
    code: 'blockedByNetwork',
    holds: ({ text, status }) =>
      /not authorized to perform this operation|\bAuthorizationFailure\b/i.test(text) ||
      (status === 403 && layerStorage.test(text)),
    reason: () =>
      l10n.t('The registry answered, but the network rules of its layer storage do not allow this machine.'),
    next: () =>
      l10n.t(
        "Allow the machine to reach the registry's data endpoint, and check its private endpoints, DNS and firewall.",
      ),
  },
  {
    code: 'network',
    holds:
      /Server failed to authenticate the request|Signature (?:not valid in the specified time|did not match|fields? not well)|<Code>AuthenticationFailed/i,
    mayPass: true,
    reason: () =>
      l10n.t("The layer storage did not accept the layer's address: it has expired, or was changed on its way."),
    next: () => l10n.t("Check the machine's clock and the proxy in front of it, then pull again."),
  },
  {
    code: 'network',
    holds: ({ text, status }) =>
      status === 407 ||
      /proxy authentication required|proxyconnect|tunnel connection failed|cannot connect to proxy|proxy error/i.test(
        text,
      ),
    reason: () => l10n.t('The proxy in front of this machine blocked the request.'),
    next: () =>
      l10n.t(
        "Check the proxy's address and sign-in in the container engine's settings, or exempt the registry from the proxy.",
      ),
  },
  {
    code: 'unavailable',
    holds: ({ text, status }) => html.test(text) && status !== undefined && status >= 500,
    mayPass: true,
    reason: ({ status }) =>
      l10n.t('A gateway or proxy answered for the registry with server error {0}.', String(status)),
    next: () => l10n.t("Pull again in a few minutes. If it still fails, check the proxy and the registry's health."),
  },
  {
    code: 'blockedByNetwork',
    holds: html,
    reason: () => l10n.t('A proxy, a web filter or another server answered with a web page instead of the registry.'),
    next: () =>
      l10n.t(
        "Allow the registry and its data endpoint in the proxy or filter, and check that the host is the registry's login server.",
      ),
  },
];

const lost =
  /i\/o timeout|timed? ?out\b|deadline exceeded|awaiting headers|request canceled while|connection re(?:set|fused)|broken pipe|forcibly closed|no such host|\bEOF\b|unreachable|no route to host/i;

/** No answer came, or not over a connection that can be trusted. */
export const connectionCauses: readonly Cause[] = [
  {
    code: 'network',
    holds: /x509|certificate|CERTIFICATE_VERIFY_FAILED|UNABLE_TO_VERIFY|SELF_SIGNED/i,
    reason: () => l10n.t('The certificate of the server that answered is not trusted.'),
    next: ({ text }) =>
      /expired|not yet valid/i.test(text)
        ? l10n.t("Check the machine's clock and the certificate's dates.")
        : l10n.t(
            'If a proxy inspects the traffic, make the container engine trust its certificate authority; otherwise check that the host is correct.',
          ),
  },
  {
    code: 'network',
    holds: /HTTP response to HTTPS client|does not look like a TLS handshake|wrong version number/i,
    reason: () => l10n.t('The server at this address does not support HTTPS.'),
    next: () => l10n.t('Check the host and port of the image; Azure container registries use HTTPS on port 443.'),
  },
  {
    code: 'network',
    holds:
      /\btls: |CONNECTIVITY_SSL_ERROR|SSL_ERROR|SSL routines|secure channel|SSL connection could not be established/i,
    reason: () => l10n.t('A TLS connection to the server could not be established.'),
    next: () =>
      l10n.t(
        'Check for a proxy or firewall that inspects the traffic between this machine and the registry. Azure container registries require TLS 1.2 or later.',
      ),
  },
  {
    code: 'network',
    holds: all(layerStorage, lost),
    mayPass: true,
    reason: () => l10n.t('The registry answered, but its layer storage could not be reached.'),
    next: () =>
      l10n.t(
        "Allow the machine to reach the storage: the registry's dedicated data endpoint if it has one, otherwise the blob storage host in the message.",
      ),
  },
  {
    code: 'network',
    holds: any(
      /no such host|server misbehaving|name resolution|could(?:n't| not) (?:be )?resolved?\b|name or service not known|nodename nor servname/i,
      /ENOTFOUND|EAI_AGAIN|NXDOMAIN|SERVFAIL|CONNECTIVITY_DNS_ERROR|getaddrinfo/,
      all(/: lookup \S/, /timeout|refused|no answer/i),
    ),
    mayPass: true,
    reason: ({ text, host }) => {
      const name = /\blookup ([\w.-]{1,253})/.exec(text)?.[1] ?? host;
      return name === undefined
        ? l10n.t("The registry's host name could not be resolved.")
        : l10n.t('The host name {0} could not be resolved.', shown(name));
    },
    next: () =>
      l10n.t(
        'Check its spelling, then the DNS of the machine that pulls. With a private endpoint, the private DNS zone must be linked to its network.',
      ),
  },
  {
    code: 'network',
    holds:
      /connection refused|actively refused|ECONNREFUSED|network is unreachable|no route to host|EHOSTUNREACH|ENETUNREACH|unreachable (?:host|network)|cannot assign requested address/i,
    mayPass: true,
    reason: () => l10n.t("Nothing answered at the registry's address."),
    next: () => l10n.t('Check the route, firewall and proxy between this machine and the registry.'),
  },
  {
    code: 'network',
    holds:
      /i\/o timeout|handshake timeout|deadline exceeded|Client\.Timeout|awaiting headers|request canceled while waiting|connection timed out|timed out\b|ETIMEDOUT|read timeout|connect timeout|no progress in |time-?out (?:was )?(?:reached|expired)|connection attempt failed|did not properly respond/i,
    mayPass: true,
    reason: () => l10n.t('No answer came in time.'),
    next: () =>
      l10n.t(
        'Pull again. If it still fails, check the firewall, proxy and private endpoint between this machine and the registry.',
      ),
  },
  {
    code: 'network',
    holds:
      /connection reset|ECONNRESET|broken pipe|forcibly closed|wsarecv|wsasend|\bEOF\b|GOAWAY|stream error|closed network connection|connection (?:was )?(?:aborted|closed)|server closed|remote end closed|socket hang up/i,
    mayPass: true,
    reason: () => l10n.t('The connection was lost before the response was complete.'),
    next: () =>
      l10n.t('Pull again. If it still fails, check proxies and firewalls between this machine and the registry.'),
  },
  {
    code: 'network',
    holds: ({ text, kind }) =>
      kind === 'network' ||
      /failed to do request|CONNECTIVITY_\w{1,40}_ERROR.{0,40}connect|Could not connect to the registry/i.test(text),
    mayPass: true,
    reason: () => l10n.t('The registry could not be reached.'),
    next: () => l10n.t('Check the connection, proxy and certificates, then try again.'),
  },
];
