/** Strings that must not be swapped. Each is made in one parse function and nowhere else. */
declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

export type LoadId = Brand<string, 'LoadId'>;
export type ETag = Brand<string, 'ETag'>;
export type WarehouseName = Brand<string, 'WarehouseName'>;
/** `warehouse/schema.table`, the Kafka key and the name of the lane */
export type LaneKey = Brand<string, 'LaneKey'>;
/** one version of one object: bucket, key, etag and lastModified in whole seconds */
export type FileIdentity = Brand<string, 'FileIdentity'>;

/** Strips the quotes and the weak mark that S3 servers put around an entity tag. */
export function parseETag(text: string): ETag {
  return text.replace(/^W\//, '').replace(/^"|"$/g, '') as ETag;
}

export function parseLoadId(text: string): LoadId {
  if (!/^[0-9a-f]{32}$/.test(text)) throw new RangeError(`not a load id: ${JSON.stringify(text)}`);
  return text as LoadId;
}

/** @throws RangeError when the name cannot be part of a Kafka key or a configuration path */
export function parseWarehouseName(text: string): WarehouseName {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/.test(text))
    throw new RangeError(`not a warehouse name: ${JSON.stringify(text)} (letters, digits, _ . -; ≤ 63)`);
  return text as WarehouseName;
}
