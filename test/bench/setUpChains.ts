import type { Chain } from './chain.ts';

/** The sandbox's operations last 200 ms; like Azure it does not say when to ask. */
const operation = 200;

/** Making the plan: the check that the target repository is free goes from ARM through the registry's sign-in. */
export const planChain: Chain = {
  name: 'plan',
  links: [
    {
      request: /^GET [^?]*\/registries\/myregistry\?/i,
      what: 'GET registry (ARM)',
      why: 'the first read; names the login server and whether the registry takes ARM tokens',
    },
    {
      request: /^GET [^/]+\/v2\/$/,
      what: 'GET /v2/ (registry)',
      why: 'sent to that login server only; its challenge names service and token endpoint',
    },
    {
      request: /^POST [^/]+\/oauth2\/exchange$/,
      what: 'POST /oauth2/exchange (registry)',
      why: 'needs the service from the challenge',
    },
    {
      request: /^POST [^/]+\/oauth2\/token$/,
      what: 'POST /oauth2/token (registry)',
      why: 'needs the refresh token from the exchange',
    },
    {
      request: /^GET [^/]+\/acr\/v1\/myapp$/,
      what: 'GET /acr/v1/myapp (registry)',
      why: 'needs the access token; says whether the target is free',
    },
  ],
};

/**
 * Applying it: the rule is created as the identity, and ARM answers a rule by an operation. That the identity is looked at once more
 * before it is created is prudence, not need, so it counts as ours and not in the bound. The switch to ABAC mode and the role
 * assignment after it are shorter: PATCH, status, PUT.
 */
export const applyChain: Chain = {
  name: 'apply',
  links: [
    {
      request: /^PUT [^?]*\/userAssignedIdentities\/MyACRCacheIdentity\?/i,
      what: 'PUT identity (ARM)',
      why: 'the first write',
    },
    {
      request: /^GET [^?]*\/cacheRules\/MyRule\?/i,
      what: 'GET cache rule (ARM)',
      why: 'the PUT overwrites whatever has the name, so nothing may lie between the look and it',
    },
    {
      request: /^PUT [^?]*\/cacheRules\/MyRule\?/i,
      what: 'PUT cache rule (ARM)',
      why: 'ARM refuses a rule whose identity does not exist',
    },
    {
      request: /^GET [^?]*\/cacheRules\/MyRule\/operationStatuses\//i,
      what: 'GET operation status (ARM)',
      why: 'the PUT began the operation, which takes its time',
      serviceWait: operation,
    },
    {
      request: /^GET [^?]*\/cacheRules\/MyRule\?/i,
      what: 'GET cache rule (ARM)',
      why: 'the status tells that it ended, not what the rule has become',
    },
  ],
};
