import { deploymentTemplateSchema } from '../../azure/clouds.ts';
import { apiVersions } from './apiVersions.ts';
import { wellFormed } from './wellFormed.ts';

/** A part of an ARM template, as a step gives it; the frame puts the parts together. */
export interface ArmPart {
  readonly parameters?: Readonly<Record<string, ArmParameter>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly resources?: readonly Readonly<Record<string, unknown>>[];
  /** What a person has to know or do; templates have no other place for it. */
  readonly notes?: readonly string[];
}

export interface ArmParameter {
  readonly type: 'string';
  readonly defaultValue?: string;
  readonly metadata: { readonly description: string };
}

/** A template as ARM deploys it. */
export interface ArmTemplate {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly metadata?: { readonly description: string };
  readonly parameters: Readonly<Record<string, ArmParameter>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly resources: readonly Readonly<Record<string, unknown>>[];
}

/** Parts as one template; of what several parts declare, the first counts. */
export function armTemplate(parts: readonly ArmPart[], about?: string): ArmTemplate {
  const notes = [...(about === undefined ? [] : [about]), ...parts.flatMap((part) => part.notes ?? [])];
  return {
    $schema: deploymentTemplateSchema,
    contentVersion: '1.0.0.0',
    ...(notes.length > 0 && { metadata: { description: notes.join('\n') } }),
    parameters: merged(parts.map((part) => part.parameters)),
    variables: merged(parts.map((part) => part.variables)),
    resources: parts.flatMap((part) => part.resources ?? []),
  };
}

function merged<T>(records: readonly (Readonly<Record<string, T>> | undefined)[]): Record<string, T> {
  const all = new Map<string, T>();
  for (const [name, value] of records.flatMap((record) => Object.entries(record ?? {}))) {
    if (!all.has(name)) all.set(name, value);
  }
  return Object.fromEntries(all);
}

/** Any text as a value of a template: one that begins like an expression is given as an expression for that text. */
export function armText(text: string): string {
  const value = wellFormed(text);
  return value.startsWith('[') ? `[string(${armLiteral(value)})]` : value;
}

/** Any text as a string inside an expression. */
export function armLiteral(text: string): string {
  return `'${wellFormed(text).replaceAll("'", "''")}'`;
}

export function armParameter(description: string, value: string): ArmParameter {
  return { type: 'string', defaultValue: armText(value), metadata: { description: armText(description) } };
}

/** `parameters('name')`. */
export function parameter(name: string): string {
  return `parameters(${armLiteral(name)})`;
}

/** A nested deployment into a resource group that may be another one, with expressions of its own. */
export function nestedDeployment(deployment: {
  readonly name: string;
  readonly comments: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly dependsOn?: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly template: ArmTemplate;
}): Record<string, unknown> {
  const { name, comments, subscriptionId, resourceGroup, dependsOn = [] } = deployment;
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: apiVersions.deployment,
    name,
    comments: armText(comments),
    subscriptionId,
    resourceGroup,
    ...(dependsOn.length > 0 && { dependsOn }),
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      parameters: Object.fromEntries(Object.entries(deployment.parameters).map(([key, value]) => [key, { value }])),
      template: deployment.template,
    },
  };
}

/** JSON of one part. */
export function armPart(part: ArmPart): string {
  return JSON.stringify(part);
}
