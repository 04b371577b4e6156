/**
 * Below 0 if `version` is older than `other`, above 0 if it is newer. Compares major and minor only: what came with a patch release
 * counts as of the next minor one.
 */
export function compareVersions(version: string, other: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major - otherMajor || minor - otherMinor;
}
