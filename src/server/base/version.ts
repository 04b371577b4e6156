/** The versions that can be embedded: the two that were recorded. */
export type Version = '11.6' | '5.37';

/** What `X-Version-ID` and `hello` begin with (protocol §6.5). */
export function versionText(version: Version, configHash: string): string {
  return version === '11.6' ? `11.6.0.embedded.${configHash}.false` : `5.37.0..${configHash.slice(0, 32)}.false`;
}

/** The version number, as in ETags and in the answer of `ping`. */
export const releaseOf = (version: Version): string => `${version}.0`;
