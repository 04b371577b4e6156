/** A `T` of which any part may be left out, at every depth. Lists are whole. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Name in keyof T]?: DeepPartial<T[Name]> | undefined }
    : T;
