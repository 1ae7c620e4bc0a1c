import type { InstallationState, RepositoryState } from "./model.ts";
import { nodeId } from "./present.ts";
import { fullName, installationOf, type World } from "./world.ts";

/** What an owner does with the App. */
export interface InstallationActions {
  /** @returns the installation that covers the repository, the owner's one. */
  install(repository: RepositoryState): InstallationState;
  /** Changes nothing. */
  installationOf(repository: RepositoryState): InstallationState | undefined;
  removeFromInstallation(repository: RepositoryState): void;
  suspend(installation: InstallationState): void;
  unsuspend(installation: InstallationState): void;
  uninstall(installation: InstallationState): void;
}

export function createInstallationActions(world: World): InstallationActions {
  return {
    install: (repository) => install(world, repository),
    installationOf: (repository) => installationOf(world, repository),
    removeFromInstallation(repository) {
      const installation = installationOf(world, repository);
      if (installation === undefined) return;
      installation.repositoryIds.delete(repository.id);
      tellRepositories(world, installation, { added: [], removed: [repository] });
    },
    suspend(installation) {
      installation.suspendedAt = world.now();
      tell(world, installation, "suspend");
    },
    unsuspend(installation) {
      installation.suspendedAt = undefined;
      tell(world, installation, "unsuspend");
    },
    uninstall(installation) {
      world.installations.delete(installation.id);
      tell(world, installation, "deleted");
    },
  };
}

/** Adds a repository to its owner's installation, which is made if needed. */
export function install(world: World, repository: RepositoryState): InstallationState {
  const existing = [...world.installations.values()].find(
    ({ account }) => account.id === repository.owner.id,
  );
  if (existing !== undefined) {
    existing.repositoryIds.add(repository.id);
    tellRepositories(world, existing, { added: [repository], removed: [] });
    return existing;
  }
  const installation: InstallationState = {
    id: world.newId(),
    account: repository.owner,
    repositoryIds: new Set([repository.id]),
    suspendedAt: undefined,
    createdAt: world.now(),
  };
  world.installations.set(installation.id, installation);
  tell(world, installation, "created", [repository]);
  return installation;
}

function tell(
  world: World,
  installation: InstallationState,
  ...[action, repositories = []]: [action: string, repositories?: readonly RepositoryState[]]
): void {
  const fields = { repositories: repositories.map(presentShort), requester: null };
  world.emit({ event: "installation", action, installation, sender: installation.account, fields });
}

function tellRepositories(
  world: World,
  installation: InstallationState,
  {
    added,
    removed,
  }: { readonly added: readonly RepositoryState[]; readonly removed: readonly RepositoryState[] },
): void {
  world.emit({
    event: "installation_repositories",
    action: added.length > 0 ? "added" : "removed",
    installation,
    sender: installation.account,
    fields: {
      repository_selection: "selected",
      repositories_added: added.map(presentShort),
      repositories_removed: removed.map(presentShort),
      requester: null,
    },
  });
}

function presentShort(repository: RepositoryState) {
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.isPrivate,
  };
}
