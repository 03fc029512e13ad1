import { isIndexType, isManifestType } from './mediaTypes.ts';

/** A content descriptor (OCI image specification). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: string; readonly variant?: string };
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Foreign layers are not stored in the registry. */
  readonly urls?: readonly string[];
}

/** What the registry reads of a manifest or index. */
export interface ManifestDocument {
  readonly mediaType: string;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Reads a manifest; undefined when it is none. `contentType` is what the client said it sends. */
export function readManifest(bytes: Uint8Array, contentType: string): ManifestDocument | undefined {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(json) || json.schemaVersion !== 2) return undefined;
  const mediaType = typeof json.mediaType === 'string' ? json.mediaType : contentType;
  if (!isManifestType(mediaType) || mediaType !== contentType) return undefined;
  const subject = json.subject === undefined ? undefined : readDescriptor(json.subject);
  if (json.subject !== undefined && subject === undefined) return undefined;
  const common = {
    mediaType,
    ...(subject === undefined ? {} : { subject }),
    ...(typeof json.artifactType === 'string' ? { artifactType: json.artifactType } : {}),
    ...(isRecord(json.annotations) ? { annotations: readAnnotations(json.annotations) } : {}),
  };
  if (isIndexType(mediaType)) {
    const manifests = readList(json.manifests);
    return manifests === undefined ? undefined : { ...common, layers: [], manifests };
  }
  const config = readDescriptor(json.config);
  const layers = readList(json.layers);
  return config === undefined || layers === undefined ? undefined : { ...common, config, layers, manifests: [] };
}

function readList(value: unknown): Descriptor[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list = value.map(readDescriptor).filter((descriptor) => descriptor !== undefined);
  return list.length === value.length ? list : undefined;
}

function readDescriptor(value: unknown): Descriptor | undefined {
  if (!isRecord(value)) return undefined;
  const { mediaType, digest, size, platform, artifactType, annotations, urls } = value;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || typeof size !== 'number') return undefined;
  return {
    mediaType,
    digest,
    size,
    ...(isRecord(platform) && typeof platform.architecture === 'string' && typeof platform.os === 'string'
      ? {
          platform: {
            architecture: platform.architecture,
            os: platform.os,
            ...(typeof platform.variant === 'string' ? { variant: platform.variant } : {}),
          },
        }
      : {}),
    ...(typeof artifactType === 'string' ? { artifactType } : {}),
    ...(isRecord(annotations) ? { annotations: readAnnotations(annotations) } : {}),
    ...(Array.isArray(urls) ? { urls: urls.filter((url) => typeof url === 'string') } : {}),
  };
}

function readAnnotations(value: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
