import { roleByNames, type LiteralRole } from './literalRoles.ts';
import { sideByName, type MappedSide } from './ruleData.ts';

/** Longer names, in UTF-16 units, are none that matter; all that is below is looked at with them. */
const maxNameLength = 100;

/** Attributes of Terraform's web apps, and of the `docker` block of its function apps: an image whose registry stands beside it. */
export interface ApartKeys {
  readonly image: string;
  readonly url: string;
  readonly tag: string;
}

const apartKeys = new Map<string, ApartKeys>([
  ['docker_image_name', { image: 'docker_image_name', url: 'docker_registry_url', tag: '' }],
  ['image_name', { image: 'image_name', url: 'registry_url', tag: 'image_tag' }],
]);

/**
 * Where values stand that have the same keys above them: what is to be said of a place is said once, as a file has thousands of values
 * at few places. `keys`: from where a visit began, in lower case, `[]` for an item of a list.
 */
export class Place {
  private readonly keys: readonly string[];
  private readonly roleAt: (keys: readonly string[]) => LiteralRole;
  private readonly inner = new Map<string | undefined, Place>();
  readonly role: LiteralRole;
  /** What an entry of an object with this key is, if the object maps one name to another. */
  readonly side: MappedSide | undefined;
  readonly apart: ApartKeys | undefined;
  private named: Place | undefined;

  /** `key`: the last one as it is written. */
  constructor(roleAt: Place['roleAt'], keys: readonly string[] = [], key = '') {
    this.roleAt = roleAt;
    this.keys = keys;
    this.role = roleAt(keys);
    this.side = sideByName(keys.at(-1) ?? '');
    this.apart = apartKeys.get(key);
  }

  /** Below a key; undefined: it is an expression. */
  inside(key: string | undefined): Place {
    const known = this.inner.get(key);
    if (known) return known;
    const made = new Place(this.roleAt, [...this.keys, key?.slice(0, maxNameLength).toLowerCase() ?? ''], key);
    this.inner.set(key, made);
    return made;
  }

  /** The same place, where only names tell what a value is. */
  get byNames(): Place {
    return (this.named ??= this.roleAt === roleByNames ? this : new Place(roleByNames, this.keys));
  }
}

/** The places where visits of a file begin. */
export class Places {
  private readonly roots = new Map<string, Place>();

  /** `name`: the same for the same roles. */
  of(name: string, roleAt: (keys: readonly string[]) => LiteralRole): Place {
    const place = this.roots.get(name) ?? new Place(roleAt);
    this.roots.set(name, place);
    return place;
  }
}
