/** What can be in one roster. Below 0 it is in none. */
export interface Member {
  slot: number;
}

/**
 * A set whose members know their place in it, for what comes and goes with each call. A `Set` or `Map` would keep many of those that have left
 * alive until all garbage is collected, which costs more than all else here, and would hash each.
 */
export class Roster<T extends Member> {
  readonly members: T[] = [];

  add(member: T): void {
    if (member.slot < 0) member.slot = this.members.push(member) - 1;
  }

  delete(member: T): void {
    const { slot } = member;
    if (slot < 0) return;
    member.slot = -1;
    const last = this.members.pop()!;
    if (last === member) return;
    last.slot = slot;
    this.members[slot] = last;
  }
}
