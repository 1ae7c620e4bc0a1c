import type { GitCredential } from "../domain/git-credential.ts";
import type { RepositoryAddress } from "./git.ts";

/** Who may read a repository for a project: repository Secrets, templates, the App's installations. */
export interface GitCredentials {
  /**
   * The credential for exactly this URL and project, asked for anew before each use, so that short-lived tokens stay
   * fresh; `undefined` is anonymous.
   */
  credentialFor(address: RepositoryAddress): Promise<GitCredential | undefined>;
}
