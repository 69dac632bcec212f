/** What the caller knows and allows. */
export type ManifestContext = {
  /** the manifest's own key, bucket-relative; its ending says the format */
  readonly key: string;
  /** `manifests.allowInlineUrls` */
  readonly allowInlineUrls?: boolean;
  /** `manifests.allowCustomStagingSelect` */
  readonly allowCustomStagingSelect?: boolean;
  /** the configured warehouses by name; without it any name is taken. `schema`: for tables without one */
  readonly warehouses?: Readonly<Record<string, { readonly schema: string }>>;
  /** libs/copy's grammar; `check` gives one message per problem */
  readonly copyOptions?: {
    readonly check: (text: string) => readonly string[];
    readonly stripCredentials: (text: string) => string;
  };
};

export type ManifestRules = ManifestContext & { readonly isEdn: boolean };
