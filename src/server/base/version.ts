/** The servers that can be embedded: both were recorded, and what only one of them does is told apart by this. */
export type Version = '11.6' | '5.37';

/** What `X-Version-ID` and `hello` begin with (protocol §6.5). */
export function versionText(version: Version, configHash: string): string {
  return version === '11.6' ? `11.6.0.embedded.${configHash}.false` : `5.37.0..${configHash.slice(0, 32)}.false`;
}

/** The released version alone, as `ping` and ETags have it. */
export const releaseOf = (version: Version): string => `${version}.0`;
