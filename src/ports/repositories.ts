import type { Permission, Repository } from "../domain/github.ts";

/** Where the App is installed. */
export interface Repositories {
  /**
   * Every repository of every installation, all pages; suspended installations are left out. An installation that does
   * not answer now is as it was when it last did, and left out while it never has.
   */
  list(): Promise<readonly Repository[]>;
  /** By numeric id, as the API answers now; `undefined` when the App may not see it any more. */
  get(installationId: number, repositoryId: number): Promise<Repository | undefined>;
}

export interface Permissions {
  /** The user's permission on the repository at this moment; `none` for strangers. */
  permissionOf(repository: Repository, login: string): Promise<Permission>;
}
