/**
 * Who could have written what is being rendered. Instances of the engines and cache entries never serve two levels:
 * what a stranger's chart left behind must not be met by a sync.
 *
 * - `synced`: a commit reachable from a branch or tag that an Application tracks.
 * - `member`: a pull request from a branch of the repository itself.
 * - `fork`: a pull request from a fork, rendered because someone with write permission said so for that SHA.
 */
export type TrustLevel = "synced" | "member" | "fork";
